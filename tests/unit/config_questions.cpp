#include <doctest/doctest.h>

#include "config_fixture.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator::test;
using namespace pgo_orch::orchestrator;
using namespace std::chrono_literals;

namespace {

std::string with_variants(const std::string& more) {
  return R"([project]
source = "fib.rs"
[[workload]]
name = "w"
[[variant]]
name = "base"
[[variant]]
name = "fat"
inherits = "base"
only-if = { of = "run", phase = "startup", above = "0.5ms" }
[[variant]]
name = "fat-static"
inherits = "fat"
only-if = { of = "build", phase = "link", below = "20%" }
[[matrix]]
inherits = ["base", "fat-static"]
opt-level = [2, 3]
)" + more;
}

}  // namespace

TEST_CASE("a variant has the conditions of all that it inherits from, its own first") {
  const Folder folder;
  const auto config = folder.load(with_variants(""));
  const auto owners = [&](std::size_t index) {
    std::vector<std::string> names;
    for (const auto& condition : conditions_of(*config.variants, index)) names.push_back(condition.variant);
    return names;
  };
  CHECK(owners(0).empty());
  CHECK(owners(1) == std::vector<std::string>{"fat"});
  CHECK(owners(2) == std::vector<std::string>{"fat-static", "fat"});
  CHECK(config.variants->at(3).name == "base_opt-level-2");
  CHECK(owners(3).empty());
  CHECK(config.variants->at(5).name == "fat-static_opt-level-2");
  CHECK(owners(5) == std::vector<std::string>{"fat-static", "fat"});
  const auto conditions = conditions_of(*config.variants, 2);
  CHECK(conditions[0].condition.of == PhaseOf::build);
  CHECK(conditions[0].condition.phase == "link");
  CHECK(std::get<double>(*conditions[0].condition.below) == doctest::Approx(0.2));
  CHECK(std::get<Nanoseconds>(*conditions[1].condition.above) == 500us);
}

TEST_CASE("goals, decisions, references, groups and inspections keep their figures") {
  const Folder folder;
  const auto config = folder.load(with_variants(R"(
[build]
scenarios = ["full", "incr-patched"]
patch = { file = "hello.rs", replace = "a", with = "b" }
[[reference]]
name = "c"
build = ["gcc", "fib.c"]
run = ["{output}"]
[[goal]]
name = "beat c"
metric = "runtime"
variant = "fat"
ratio = 0.9
stretch-ratio = 0.8
to = "c"
[[goal]]
name = "small"
metric = "size"
below = "4MiB"
[[goal]]
name = "edit"
metric = "build"
scenario = "incr-patched"
below = "500ms"
stretch = "200ms"
[[decision]]
name = "backend"
metric = "phase"
phase = "parse"
workload = "w"
bands = [{ below = "2ms", conclude = "no" }, { above = "3ms", conclude = "yes" }]
[[phase]]
name = "parse"
symbols = ["parse::*"]
[[inspect]]
symbols = ["fib::fib"]
allocations = true
)"));
  const auto& [references, goals, decisions, groups, inspections] = config.questions;
  REQUIRE(references.size() == 1);
  CHECK(references[0].build == std::vector<std::string>{"gcc", "fib.c"});
  REQUIRE(goals.size() == 3);
  CHECK(goals[0].variant == "fat");
  CHECK(goals[0].ratio == 0.9);
  CHECK(goals[0].stretch_ratio == 0.8);
  CHECK(goals[0].to == "c");
  CHECK(std::get<Bytes>(*goals[1].below) == Bytes{4 << 20});
  CHECK(goals[1].variant == "best");
  CHECK(goals[2].scenario == BuildScenario::incr_patched);
  CHECK(std::get<Nanoseconds>(*goals[2].stretch) == 200ms);
  REQUIRE(decisions.size() == 1);
  CHECK(decisions[0].workload == "w");
  REQUIRE(decisions[0].bands.size() == 2);
  CHECK(decisions[0].bands[0].conclude == "no");
  CHECK_FALSE(decisions[0].bands[0].above);
  CHECK(std::get<Nanoseconds>(*decisions[0].bands[1].above) == 3ms);
  CHECK(groups.at(0).symbols == std::vector<std::string>{"parse::*"});
  CHECK(inspections.at(0).allocations);
  CHECK(config.build.patch->with == "b");
  CHECK(config.build.scenarios.size() == 2);
}
