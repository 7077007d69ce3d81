#include "orchestrator/commands/exit_code.h"

#include <doctest/doctest.h>

#include "orchestrator/build/row.h"
#include "orchestrator/judge/judge.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using report::Status;

namespace {

report::VariantResult row(const std::string& name, Status status = Status::ok) {
  report::VariantResult made;
  made.name = name;
  made.status = status;
  return made;
}

report::VariantResult gated(const std::string& name) {
  auto made = row(name);
  report::ConditionResult condition;
  condition.owner = name;
  condition.reason = "startup takes less";
  note_condition(condition, made);
  return made;
}

report::Results results(std::vector<report::VariantResult> rows) {
  report::Results made;
  made.baseline = "base";
  made.variants = std::move(rows);
  return made;
}

int code(const report::Results& results, const std::vector<std::string>& asked_for = {},
         bool fail_on_goals = true) {
  RunOptions options;
  options.selection.variants = asked_for;
  options.fail_on_goals = fail_on_goals;
  return exit_code(results, options);
}

report::Results with_goal(std::optional<bool> met) {
  auto made = results({row("base"), row("fast")});
  report::GoalResult goal;
  goal.met = met;
  made.goals = {goal};
  return made;
}

}  // namespace

TEST_CASE("a run in which all is well ends with 0") {
  CHECK(code(results({row("base")})) == 0);
  CHECK(code(results({row("base"), row("fast")})) == 0);
  CHECK(code(results({row("base"), row("fast"), row("mold", Status::skipped)})) == 0);
}

TEST_CASE("a variant that failed or printed something wrong is 1, whatever else is skipped") {
  CHECK(code(results({row("base"), row("bad", Status::failed)})) == 1);
  CHECK(code(results({row("base"), row("bad", Status::wrong_output), row("mold", Status::skipped)})) == 1);
  CHECK(code(results({row("base", Status::failed), row("fast", Status::skipped)})) == 1);
}

TEST_CASE("a tool that is missing for the baseline, a named variant or all others is 3") {
  CHECK(code(results({row("base", Status::skipped)})) == 3);
  CHECK(code(results({row("base"), row("mold", Status::skipped)})) == 3);
  const auto some = results({row("base"), row("fast"), row("mold", Status::skipped)});
  CHECK(code(some, {"mold"}) == 3);
  CHECK(code(some, {"fast"}) == 0);
  CHECK(code(some, {"m*"}) == 0);
}

TEST_CASE("variants with an unmet condition are well, also if there are no others or they were named") {
  CHECK(code(results({row("base"), gated("static")})) == 0);
  CHECK(code(results({row("base"), gated("static")}), {"static"}) == 0);
  CHECK(code(results({row("base"), gated("static"), row("mold", Status::skipped)})) == 0);
  CHECK(code(results({row("base"), gated("static"), row("bad", Status::failed)})) == 1);
}

TEST_CASE("a variant that is skipped with a condition that holds lacks a tool like any other") {
  auto open = row("mold", Status::skipped);
  open.condition.emplace().holds = true;
  CHECK(code(results({row("base"), open})) == 3);
}

TEST_CASE("a missed goal is 1 unless it is forgiven, and an open one is nothing") {
  CHECK(code(with_goal(false)) == 1);
  CHECK(code(with_goal(false), {}, false) == 0);
  CHECK(code(with_goal(true)) == 0);
  CHECK(code(with_goal(std::nullopt)) == 0);
}
