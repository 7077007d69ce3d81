#include "orchestrator/judge/judge.h"

#include "orchestrator/build/row.h"

#include <doctest/doctest.h>

#include "config_fixture.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using namespace std::chrono_literals;

namespace {

/// A baseline whose startup takes 0.32 ms of 1.6 ms, 0.2 of it in ld.so; its build spends a quarter
/// in the linker.
struct Baseline {
  Baseline() {
    report::RunPhases run;
    run.workload = "w";
    run.variant = "base";
    run.phases = {{"startup", 320us, 0.2, {{"ld.so", 200us, 0.125, {}}}}, {"compute", 1280us, 0.8, {}}};
    run.samples = {std::vector<Nanoseconds>(10, 320us), std::vector<Nanoseconds>(10, 1280us)};
    run.runs = 10;
    phases.runtime = {run};
    report::BuildPhases build;
    build.variant = "base";
    build.phases = {{"codegen", 3s, 0.75, {}}, {"link", 1s, 0.25, {}}};
    phases.build = {build};
  }

  report::ConditionResult judged(const Condition& condition) const {
    return evaluate({"fat", condition}, {phases, groups, "base", {"w"}});
  }

  report::Phases phases;
  std::vector<report::GroupShares> groups;
};

Condition condition(const char* phase, std::optional<Limit> above, std::optional<Limit> below = {},
                    PhaseOf of = PhaseOf::run) {
  return {.of = of, .workload = {}, .phase = phase, .above = above, .below = below};
}

}  // namespace

TEST_CASE("a condition compares a phase of the baseline with its limit") {
  const Baseline baseline;
  const auto unmet = baseline.judged(condition("startup", Limit(Nanoseconds(500us))));
  CHECK(!unmet.holds);
  CHECK(unmet.reason == "startup takes 320.0 µs, the condition requires more than 500.0 µs");
  CHECK(*unmet.value == doctest::Approx(0.00032));
  CHECK(*unmet.limit == doctest::Approx(0.0005));
  CHECK(unmet.workload == "w");
  CHECK(unmet.unit == measure::Unit::seconds);
  CHECK(baseline.judged(condition("startup", Limit(Nanoseconds(300us)))).holds);
  CHECK(baseline.judged(condition("startup", {}, Limit(Nanoseconds(500us)))).holds);
}

TEST_CASE("a condition may be about a share, a part, or a build") {
  const Baseline baseline;
  const auto share = baseline.judged(condition("compute", Limit(0.5)));
  CHECK(share.holds);
  CHECK(share.unit == measure::Unit::share);
  CHECK(share.reason == "compute takes 80.0 %, the condition requires more than 50.0 %");
  CHECK(baseline.judged(condition("ld.so", Limit(Nanoseconds(100us)))).holds);
  const auto link = baseline.judged(condition("link", {}, Limit(0.2), PhaseOf::build));
  CHECK(!link.holds);
  CHECK(link.reason == "link takes 25.0 %, the condition requires less than 20.0 %");
}

TEST_CASE("a condition goes by the median, and says so where the interval holds the limit") {
  Baseline baseline;
  auto& samples = baseline.phases.runtime.front().samples.front();
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = 300us + i * 5us;
  const auto result = baseline.judged(condition("startup", Limit(Nanoseconds(315us))));
  CHECK(result.holds);
  CHECK(result.reason ==
        "startup takes 320.0 µs, the condition requires more than 315.0 µs (decided by the median: the "
        "interval [305.0 µs, 340.0 µs] includes this limit)");
}

TEST_CASE("a group of functions is a phase too") {
  Baseline baseline;
  report::GroupShares shares;
  shares.of = PhaseOf::run;
  shares.workload = "w";
  shares.variant = "base";
  shares.groups = {{"parse", 400us, 0.25, {}}};
  baseline.groups = {shares};
  CHECK(baseline.judged(condition("parse", Limit(0.2))).holds);
}

TEST_CASE("a condition that cannot be judged does not hold, saying why") {
  Baseline baseline;
  CHECK(baseline.judged(condition("parse", Limit(0.2))).reason ==
        "the condition on parse cannot be checked: the run of 'base' in 'w' has no such phase (it has "
        "startup, ld.so "
        "and compute)");
  baseline.phases.runtime.front().phases.clear();
  baseline.phases.runtime.front().unavailable = "ptrace is forbidden here";
  const auto unmet = baseline.judged(condition("startup", Limit(0.2)));
  CHECK(!unmet.holds);
  CHECK(!unmet.value);
  CHECK(unmet.reason ==
        "the condition on startup cannot be checked: the phases of the run of 'base' in 'w' are not known: "
        "ptrace is "
        "forbidden here");
  baseline.phases.runtime.clear();
  CHECK(baseline.judged(condition("startup", Limit(0.2))).reason ==
        "the condition on startup cannot be checked: the phases of the run of 'base' in 'w' are not known: "
        "they need a "
        "run that times 'w', without --quick or phases = false in [measure]");
  baseline.phases.build.clear();
  const auto link = baseline.judged(condition("link", Limit(0.2), {}, PhaseOf::build));
  CHECK(!link.holds);
  CHECK(link.reason ==
        "the condition on link cannot be checked: the phases of the build of 'base' are not known: they need "
        "a run "
        "without phases = false in [build]");
}

TEST_CASE("the first unmet condition decides, else the last one") {
  const test::Folder folder;
  const auto config = folder.load(R"([project]
source = "fib.rs"
[[workload]]
name = "w"
[[variant]]
name = "base"
[[variant]]
name = "fat"
inherits = "base"
only-if = { of = "run", phase = "startup", above = "0.3ms" }
[[variant]]
name = "fat-static"
inherits = "fat"
only-if = { of = "build", phase = "link", below = "20%" }
[[variant]]
name = "thin"
inherits = "fat"
)");
  const Baseline baseline;
  const ConditionEvidence evidence{baseline.phases, baseline.groups, "base", {"w"}};
  CHECK(!condition_of(*config.variants, 0, evidence));
  CHECK(condition_of(*config.variants, 1, evidence)->holds);
  const auto unmet = condition_of(*config.variants, 2, evidence);
  CHECK(!unmet->holds);
  CHECK(unmet->owner == "fat-static");
  CHECK(condition_of(*config.variants, 3, evidence)->owner == "fat");
}

TEST_CASE("an unmet condition makes a variant skipped, and that is well") {
  report::VariantResult row;
  row.name = "fat-lld";
  const Baseline baseline;
  note_condition(baseline.judged(condition("startup", Limit(Nanoseconds(300us)))), row);
  CHECK(row.status == report::Status::ok);
  CHECK(!is_gated_out(row));
  note_condition(baseline.judged(condition("startup", Limit(Nanoseconds(500us)))), row);
  CHECK(row.status == report::Status::skipped);
  CHECK(row.reason ==
        "condition of 'fat' not met: startup takes 320.0 µs, the condition requires more than 500.0 µs");
  CHECK(is_gated_out(row));
}
