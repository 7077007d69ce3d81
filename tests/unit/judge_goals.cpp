// Goals and decisions on results with scripted times.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "judge_goals_fixture.h"
#include "measure/statistics/verdict.h"
#include "orchestrator/judge/figure.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using namespace pgo_orch::orchestrator::test;
using namespace std::chrono_literals;

TEST_CASE("a goal is met if the whole interval lies below the target, missed if it lies above, else open") {
  Run run;
  const auto met = run.judged(run.goal("2.10"));
  CHECK(met.met == true);
  CHECK(met.variant == "fast");
  CHECK(*met.value == doctest::Approx(0.00204).epsilon(1e-3));
  CHECK(*met.lo <= *met.value);
  CHECK(*met.hi >= *met.value);
  CHECK(met.reason.empty());
  CHECK(run.judged(run.goal("2.00")).met == false);
  CHECK(missed_a_goal(run.results));
  const auto open = run.judged(run.goal("2.04"));
  CHECK(!open.met.has_value());
  CHECK(open.reason.starts_with("2.040 ms [2.0"));
  CHECK(open.reason.find(": the interval includes 2.040 ms") != std::string::npos);
  CHECK(!missed_a_goal(run.results));
}

TEST_CASE("the stretch is judged like the target") {
  Run run;
  auto goal = run.goal("2.10");
  goal.stretch = Nanoseconds(2'000'000);
  const auto result = run.judged(goal);
  CHECK(result.met == true);
  CHECK(result.stretch_met == false);
}

TEST_CASE("too few runs leave a goal open, saying how many it takes") {
  Run run;
  run.results.benchmarks.front().results[1] = samples("fast", 2.04, 5);
  const auto result = run.judged(run.goal("2.10"));
  CHECK(!result.met.has_value());
  CHECK(result.reason == "2.041 ms: 5 runs were timed: an interval needs 10 (max-time)");
}

TEST_CASE("the interval of a run time is that of order statistics at the latest look") {
  Run run;
  const Evidence evidence{run.config, run.results, run.claim};
  const auto known = run_time(evidence, "w", find_party(evidence, "fast"), 0.05);
  // 27 of the 40 rounds, alpha 0.003: ranks 6 and 22, since P(B <= 5) = 0.0008 and P(B <= 6) = 0.003
  auto times = run.results.benchmarks.front().results[1].times;
  times.resize(27);
  std::ranges::sort(times);
  CHECK(*known.lo == seconds(times[5]));
  CHECK(*known.hi == seconds(times[21]));
  CHECK(known.logs.size() == 40);
}

TEST_CASE("the interval of a run time holds at all looks together") {
  Run run;
  const Evidence evidence{run.config, run.results, run.claim};
  std::mt19937 random(1);
  int wrong = 0;
  constexpr int trials = 400;
  for (int trial = 0; trial < trials; ++trial) {
    auto& fast = run.results.benchmarks.front().results[1];
    fast = {};
    fast.variant = "fast";
    bool ever = false;
    for (int round = 1; round <= 207; ++round) {
      const double u = std::ldexp(static_cast<double>(random()), -32);
      fast.times.emplace_back(std::llround(1e6 * (1 + u * u)));  // skewed; the median is 1.25 ms
      fast.rounds.push_back(round);
      if (measure::next_look(round - 1) != round) continue;
      const auto known = run_time(evidence, "w", find_party(evidence, "fast"), 0.05);
      ever = ever || (known.lo && *known.lo > 0.00125) || (known.hi && *known.hi < 0.00125);
    }
    wrong += ever ? 1 : 0;
  }
  CHECK(wrong <= trials / 20);
}

TEST_CASE("a stopped run counts as longer than all others") {
  Run run;
  auto& fast = run.results.benchmarks.front().results[1];
  for (int round = 1; round <= 30; ++round) fast.censored.push_back(round);
  const auto result = run.judged(run.goal("2.10"));
  CHECK(!result.value.has_value());
  CHECK(!result.met.has_value());
  CHECK(result.reason == "too many of its runs were stopped for being far slower");
}

TEST_CASE("where copies of one program differ, the interval is wider by as much") {
  Run run;
  const auto before = run.judged(run.goal("2.10"));
  run.results.benchmarks.front().control = report::Control{2, 1, 4};
  const auto after = run.judged(run.goal("2.10"));
  CHECK(*after.hi == doctest::Approx(*before.hi * 1.04));
  CHECK(!after.met.has_value());
  CHECK(after.reason.find("copies of the same program differed by up to 4.0 % here") != std::string::npos);
}

TEST_CASE("a ratio to the baseline is the comparison that stands in the results") {
  Run run;
  report::Comparison comparison;
  comparison.workload = "w";
  comparison.variant = "fast";
  comparison.to = "base";
  comparison.effect = -22;
  comparison.lo = -23;
  comparison.hi = -21;
  run.results.comparisons = {comparison};
  Goal goal;
  goal.ratio = 0.795;
  goal.to = "base";
  const auto result = run.judged(goal);
  CHECK(result.unit == measure::Unit::ratio);
  CHECK(*result.value == doctest::Approx(0.78));
  CHECK(*result.lo == doctest::Approx(0.77));
  CHECK(*result.hi == doctest::Approx(0.79));
  CHECK(result.met == true);
}

TEST_CASE("a ratio to a reference is found in the rounds that both have") {
  Run run;
  run.add_reference("julia", 4.08);
  auto& julia = run.results.benchmarks.front().results.back();
  for (std::size_t i = 0; i < julia.times.size(); ++i)
    julia.times[i] = 2 * run.results.benchmarks.front().results[1].times[i];
  Goal goal;
  goal.ratio = 0.6;
  goal.to = "julia";
  const auto result = run.judged(goal);
  CHECK(*result.value == doctest::Approx(0.5));
  CHECK(*result.hi == doctest::Approx(0.5));
  CHECK(result.met == true);
  CHECK(result.to == "julia");
}

TEST_CASE("a variant with another's code is judged by its samples, and is as fast as it") {
  Run run;
  auto twin = variant("twin");
  twin.identical_to = "fast";
  run.results.variants.push_back(twin);
  CHECK(run.judged(run.goal("2.10", GoalMetric::runtime, "twin")).met == true);
  Goal goal;
  goal.variant = "twin";
  goal.ratio = 1.01;
  goal.to = "fast";
  CHECK(run.judged(goal).met == true);
  CHECK(*run.results.goals.front().value == 1);
}

TEST_CASE("all workloads together are the weighted sum of their medians") {
  Run run;
  run.add_workload("v", 8, 5);
  run.config.workloads[1].weight = 2;
  const auto result = run.judged(run.goal("13"));
  CHECK(*result.value == doctest::Approx(0.00204 + 2 * 0.005).epsilon(1e-3));
  CHECK(result.met == true);
  run.results.benchmarks.pop_back();
  const auto part = run.judged(run.goal("13"));
  CHECK(!part.met.has_value());
  CHECK(part.reason == "'v' was not measured");
}

TEST_CASE("a variant that was skipped leaves the goal open, saying why") {
  Run run;
  run.results.variants[1].status = report::Status::skipped;
  run.results.variants[1].reason = "needs mold";
  CHECK(run.judged(run.goal("2.10", GoalMetric::runtime, "fast")).reason == "'fast' was skipped: needs mold");
  CHECK(run.judged(run.goal("2.10")).variant == run.results.variants[0].name);  // the only one left
  run.results.variants[1].status = report::Status::ok;
  run.results.best.runtime.clear();
  CHECK(run.judged(run.goal("2.10")).reason == "no best variant: nothing was measured");
}

TEST_CASE("sizes are exact, and at the target is not below it") {
  Run run;
  Goal goal;
  goal.metric = GoalMetric::size;
  goal.below = Bytes{901};
  CHECK(run.judged(goal).met == true);
  CHECK(run.results.goals.front().variant == "fast");
  goal.below = Bytes{900};
  CHECK(run.judged(goal).met == false);
}

TEST_CASE("peak memory is judged by the median") {
  Run run;
  auto goal = run.goal("1", GoalMetric::memory);
  goal.below = Bytes{2'000'001};
  const auto result = run.judged(goal);
  CHECK(result.unit == measure::Unit::bytes);
  CHECK(*result.lo == 2'000'000);
  CHECK(*result.hi == 2'000'000);
  CHECK(result.met == true);
}

TEST_CASE("a build that was timed once decides what is far off; three times give an interval") {
  Run run;
  auto goal = run.goal("3000", GoalMetric::build);
  const auto once = run.judged(goal);
  CHECK(once.variant == "base");
  CHECK(!once.met.has_value());
  CHECK(once.reason ==
        "2.000 s [666.7 ms, 6.000 s]: the interval includes 3.000 s; built once, which may be off by a "
        "factor of 3 "
        "(runs = 3 in [build] takes more)");
  CHECK(run.judged(run.goal("600000", GoalMetric::build)).met == true);
  CHECK(run.judged(run.goal("600", GoalMetric::build)).met == false);
  run.results.variants[0].build->runs = {2000ms, 2010ms, 1990ms};
  CHECK(run.judged(goal).met == true);
  run.results.variants[0].build->runs = {2000ms, 2900ms, 1500ms};
  CHECK(!run.judged(goal).met.has_value());
  CHECK(run.judged(goal).reason.find("; built 3 times, so normal noise is assumed") != std::string::npos);
  run.results.variants[0].build->runs.assign(6, 2s);
  CHECK(run.judged(goal).met == true);
  goal.scenario = BuildScenario::incr_patched;
  CHECK(run.judged(goal).reason ==
        "'base' was not built in this scenario: add \"incr-patched\" to scenarios in [build]");
  run.results.variants[0].build->scenarios["incr-patched"].runs.assign(6, 4s);
  CHECK(run.judged(goal).met == false);
}

TEST_CASE("a phase is judged by the traced runs") {
  Run run;
  run.add_phases("fast", 0.9);
  const auto result = run.judged(run.goal("1.1", GoalMetric::startup));
  CHECK(*result.value == doctest::Approx(0.001));
  CHECK(result.met == true);
  CHECK(run.judged(run.goal("1.1", GoalMetric::startup, "base")).reason ==
        "the phases of 'base' in 'w' were not measured");
}

TEST_CASE("a ratio of phases is found in the rounds in which both were traced") {
  Run run;
  run.add_phases("base", 0.5);
  run.add_phases("fast", 0.5);
  auto& traced = run.results.phases.runtime;
  for (int round = 1; round <= 12; ++round) {  // the machine is up to eleven times slower in some rounds
    traced[0].samples[1][static_cast<std::size_t>(round - 1)] = 5ms * round;
    traced[1].samples[1][static_cast<std::size_t>(round - 1)] = 4ms * round;
    for (auto& phases : traced) phases.rounds.push_back(round);
  }
  Goal goal = run.goal("0", GoalMetric::compute, "fast");
  goal.below.reset();
  goal.to = "base";
  goal.ratio = 0.85;
  CHECK(run.judged(goal).met == true);
  CHECK(run.judged(goal).value == doctest::Approx(0.8));
  traced[1].rounds.clear();  // traced in rounds of its own: only both medians are known
  CHECK(run.judged(goal).met == std::nullopt);
}

TEST_CASE("a group of functions is its share of the samples times the run") {
  Run run;
  run.config.questions.groups = {{"parse", PhaseOf::run, {"*parse*"}}};
  report::GroupShares shares;
  shares.of = PhaseOf::run;
  shares.workload = "w";
  shares.variant = "fast";
  shares.unit = "samples";
  shares.total = 1000;
  shares.groups = {{"parse", {}, 0.25, {}}, {"other", {}, 0.75, {}}};
  run.results.groups = {shares};
  auto goal = run.goal("0.7", GoalMetric::phase);
  goal.phase = "parse";
  const auto result = run.judged(goal);
  CHECK(*result.value == doctest::Approx(0.25 * 0.00204).epsilon(1e-3));
  CHECK(*result.lo < 0.25 * 0.00204 * 0.9);  // 1000 samples say no more than +-3 %
  CHECK(*result.hi > 0.25 * 0.00204 * 1.1);
  CHECK(result.met == true);
  run.results.groups.front().unit = "instructions";
  CHECK(!run.judged(goal).met.has_value());
}

TEST_CASE("a decision is the band that holds the whole interval") {
  Run run;
  Decision decision;
  decision.name = "d";
  decision.bands = {band({}, Limit(Nanoseconds(2'100'000)), "leave it"),
                    band(Limit(Nanoseconds(2'200'000)), {}, "go")};
  CHECK(run.decided(decision).conclude == "leave it");
  decision.variant = "base";
  CHECK(run.decided(decision).conclude == "go");
  decision.bands = {band({}, Limit(Nanoseconds(2'640'000)), "leave it"),
                    band(Limit(Nanoseconds(2'700'000)), {}, "go")};
  CHECK(run.decided(decision).conclude == "undecided");
  CHECK(run.results.decisions.front().reason.find("the interval includes 2.640 ms") != std::string::npos);
  decision.bands.front() = band({}, Limit(Nanoseconds(2'000'000)), "leave it");
  CHECK(run.decided(decision).reason.ends_with("is between the bands"));
}

TEST_CASE("a decision may be about a ratio") {
  Run run;
  run.results.variants.push_back(variant("third"));
  run.results.benchmarks.front().results.push_back(samples("third", 4.08));
  Decision decision;
  decision.to = "third";
  decision.bands = {{.below = {}, .above = {}, .below_ratio = 0.6, .above_ratio = {}, .conclude = "half"}};
  const auto result = run.decided(decision);
  CHECK(result.conclude == "half");
  CHECK(result.unit == measure::Unit::ratio);
  CHECK(*result.value == doctest::Approx(0.5).epsilon(1e-3));
}

TEST_CASE("goals on the best variant are as many claims as there are variants") {
  Run run;
  Questions questions;
  questions.goals = {run.goal("1"), run.goal("1", GoalMetric::runtime, "fast"),
                     run.goal("1", GoalMetric::size), run.goal("1", GoalMetric::build, "fast")};
  questions.goals[1].workload = "w";
  questions.decisions.resize(1);
  questions.decisions[0].workload = "w";
  CHECK(claims_of(questions, 5, 2) == 5 * 2 + 1 + 1 + 5);
}
