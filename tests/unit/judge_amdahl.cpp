// Amdahl's law: which phases can reach a goal, and by how much they must shrink.

#include <doctest/doctest.h>

#include "judge_goals_fixture.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using namespace pgo_orch::orchestrator::test;
using namespace std::chrono_literals;

TEST_CASE("the sentence about a goal names the cheapest phase, and others that reach it alone") {
  Run run;
  run.add_phases("base", 0.97, 2640us);
  run.results.best.runtime[""] = {"base"};
  run.judged(run.goal("2.10"));
  const auto& rows = run.results.amdahl;
  REQUIRE(rows.size() == 4);  // two that rank, two towards the goal
  CHECK(rows[0].goal.empty());
  CHECK(rows[0].phase == "compute");
  CHECK(rows[0].saved_by_halving_pct == doctest::Approx(48.5));
  CHECK(rows[2].goal == "g");
  CHECK(rows[2].phase == "compute");
  CHECK(*rows[2].needed_reduction_pct == doctest::Approx(21.087).epsilon(1e-3));
  CHECK(rows[2].reachable);
  CHECK(!rows[3].reachable);
  CHECK(rows[2].statement == "to reach 2.100 ms, compute must shrink by 21 %");
  CHECK(rows[3].statement.empty());
}

TEST_CASE("no single phase may reach a goal, and it may be reached already") {
  Run run;
  run.add_phases("base", 0.6, 2640us);
  run.results.best.runtime[""] = {"base"};
  run.judged(run.goal("1.0"));
  CHECK(run.results.amdahl[2].statement ==
        "no single phase is enough to reach 1.000 ms: even without compute, the largest, it would take 1.056 "
        "ms");
  run.judged(run.goal("1.9"));
  CHECK(run.results.amdahl[2].statement ==
        "to reach 1.900 ms, compute must shrink by 47 %, or startup by 70 %");
  run.judged(run.goal("3.0"));
  CHECK(run.results.amdahl[2].statement == "3.000 ms is already reached: base takes 2.640 ms");
}

TEST_CASE("a sentence about runs that took something else than the timed ones is one to take with care") {
  Run run;
  run.add_phases("base", 0.97, 10ms);
  run.results.best.runtime[""] = {"base"};
  run.judged(run.goal("2.10"));
  CHECK(
      run.results.amdahl[2].statement ==
      "to reach 2.100 ms, compute must shrink by 21 %; approximate: the traced run took 10.00 ms, the timed "
      "ones 2.640 ms");
}

TEST_CASE("the phases of the variant that is judged count, else the baseline's") {
  Run run;
  run.add_phases("base", 0.9);
  run.judged(run.goal("2.0"));
  CHECK(run.results.amdahl.back().variant == "base");
  run.add_phases("fast", 0.8);
  run.judged(run.goal("2.0"));
  CHECK(run.results.amdahl.back().variant == "fast");
}

TEST_CASE("a ratio goal's cut starts from what it is a share of") {
  Run run;
  run.add_phases("base", 0.8);
  Goal goal;
  goal.name = "g";
  goal.variant = "base";
  goal.ratio = 0.5;
  goal.to = "base";
  run.judged(goal);
  CHECK(*run.results.amdahl[2].needed_reduction_pct == doctest::Approx(62.5));
}

TEST_CASE("the cut of a build's phase is told by its shares") {
  Run run;
  report::BuildPhases phases;
  phases.variant = "base";
  phases.wall = 2s;
  phases.phases = {{"frontend", 500ms, 0.25, {}}, {"codegen", 1500ms, 0.75, {}}};
  run.results.phases.build = {phases};
  run.judged(run.goal("1500", GoalMetric::build));
  CHECK(run.results.amdahl[2].statement == "to reach 1.500 s, codegen must shrink by 33 %");
  CHECK(run.results.amdahl[2].of == PhaseOf::build);
}
