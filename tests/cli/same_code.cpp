#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// The variants that were timed.
Words timed(const Test& test) {
  Words names;
  for (const auto& each : test.results().at("benchmarks").at(0).at("results"))
    names.push_back(each.at("variant"));
  return names;
}

Words verdicts(const Test& test, const std::string& variant) {
  Words found;
  for (const auto& comparison : test.results().at("comparisons")) {
    if (comparison.at("variant") == variant && comparison.at("metric") == "runtime")
      found.push_back(comparison.at("verdict"));
  }
  return found;
}

}  // namespace

TEST_CASE("variants whose settings come out equal are built once") {
  Test test;
  test.file("fib.rs", "print 1").file("pgo.toml", fib + R"(
[[variant]]
name = "fat"
lto = "fat"
[[variant]]
name = "true"
lto = true
)");
  CHECK(test.run({"run"}).code == 0);
  CHECK(test.builds().size() == 2);
  CHECK(test.row("true").at("identical_to") == "fat");
  CHECK(test.row("true").at("built_once") == true);
  CHECK(test.row("true").at("artifacts") == test.row("fat").at("artifacts"));
  CHECK(timed(test) == Words{"baseline", "fat"});
}

TEST_CASE("a variant with the baseline's code is identical, and not timed again") {
  Test test;
  test.file("fib.rs", "print 1").file("pgo.toml", fib + R"(
[[variant]]
name = "same"
cfg = ["unused"]
[[variant]]
name = "fat"
lto = "fat"
)");
  CHECK(test.run({"run"}).code == 0);
  CHECK(test.builds().size() == 3);
  CHECK(test.row("same").at("identical_to") == "baseline");
  CHECK(test.row("same").at("built_once") == false);
  CHECK(timed(test) == Words{"baseline", "fat"});
  CHECK(verdicts(test, "same") == Words{"identical"});
}

TEST_CASE("a variant with the code of another one copies its comparisons") {
  Test test;
  test.file("fib.rs", "print 1").file("pgo.toml", fib + R"(
[[variant]]
name = "fat"
lto = "fat"
[[variant]]
name = "same"
lto = "fat"
cfg = ["unused"]
)");
  CHECK(test.run({"run"}).code == 0);
  CHECK(test.row("same").at("identical_to") == "fat");
  CHECK(timed(test) == Words{"baseline", "fat"});
  CHECK(verdicts(test, "same") == verdicts(test, "fat"));
  nlohmann::json effects;
  for (const auto& comparison : test.results().at("comparisons")) {
    if (comparison.at("metric") != "runtime") continue;
    effects[comparison.at("variant").get<std::string>()] = comparison.at("effect_pct");
    if (comparison.at("variant") == "same") CHECK(comparison.at("basis") == "identical");
  }
  CHECK(effects.at("same") == effects.at("fat"));
}

TEST_CASE("the same code in another environment is timed for itself") {
  Test test;
  test.file("fib.rs", "print 1").file("pgo.toml", fib + R"(
[[variant]]
name = "malloc"
cfg = ["unused"]
run-env = { MALLOC_ARENA_MAX = "1" }
)");
  CHECK(test.run({"run"}).code == 0);
  CHECK(test.row("malloc").at("identical_to").is_null());
  CHECK(timed(test) == Words{"baseline", "malloc"});
}

TEST_CASE("a variant with the settings of one that failed fails with it") {
  Test test;
  test.file("fib.rs", "if bad error no\nprint 1").file("pgo.toml", fib + R"(
[[variant]]
name = "bad"
cfg = ["bad"]
[[variant]]
name = "again"
cfg = ["bad"]
)");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.builds().size() == 2);
  CHECK(test.reason("again") == "failed: build: exit code 101");
}

TEST_CASE("settings that are cargo's defaults make no other variant, unless the user's own profile differs") {
  const std::string variants = R"(
[[variant]]
name = "said"
opt-level = 3
panic = "unwind"
debug = false
)";
  Test test;
  test.file("fib.rs", "print 1").file("pgo.toml", fib + variants);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.builds().size() == 1);
  CHECK(test.row("said").at("identical_to") == "baseline");
  Test other;
  other.file("fib.rs", "print 1").file("pgo.toml", fib + variants).env("CARGO_PROFILE_RELEASE_LTO", "fat");
  CHECK(other.run({"run", "--no-measure"}).code == 0);
  CHECK(other.builds().size() == 2);
}
