// What stops a recommendation, and what decides where run time does not.

#include <doctest/doctest.h>

#include <random>

#include "tests/unit/judge_decide_fixture.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using namespace pgo_orch::orchestrator::timed_test;
using measure::Flag;
using Names = std::vector<std::string>;

namespace {

/// Faster over all workloads, slower in the small one.
Run two_workloads() {
  Run run({{"baseline"}, {"pgo"}});
  run.timed("large", {10, 7}).timed("small", {10, 10.5});
  return run;
}

/// Neighbours stretch the wall time of each run by up to so many percent.
void disturb(measure::Measured& measured, unsigned most = 300) {
  std::mt19937 random(3);
  for (auto& each : measured.series)
    for (auto& sample : each.samples) sample.wall += sample.wall * static_cast<int>(random() % most) / 100;
}

}  // namespace

TEST_CASE("who is shown to be slower than the guard in a workload is not recommended, nor the best") {
  auto run = two_workloads();
  CHECK(run.decided().recommendation ==
        "pgo is 14.2 % faster than baseline over all workloads [14.2, 14.4], but is 5.1 % slower in small, "
        "more than "
        "the guard allows. Keep baseline.");
  CHECK(run.comparison(Metric::runtime, "pgo", "small").has(Flag::guard));
  CHECK_FALSE(run.comparison(Metric::runtime, "pgo", "large").has(Flag::guard));
  CHECK(run.results.best.runtime.at("") == Names{"baseline"});
  CHECK(recommended(run.results, run.results, 0.01)->name == "baseline");
}

TEST_CASE("a wider guard, the workload's own, or a floor in seconds lets it pass") {
  auto wider = two_workloads();
  wider.config.measure.guard = 0.06;
  CHECK(recommended(wider.decided(), wider.results, 0.01)->name == "pgo");
  auto own = two_workloads();
  own.config.workloads.back().guard = 0.06;
  CHECK(recommended(own.decided(), own.results, 0.01)->name == "pgo");
  auto floor = two_workloads();
  floor.config.measure.floor = std::chrono::milliseconds(1);
  CHECK(recommended(floor.decided(), floor.results, 0.01)->name == "pgo");
  auto elsewhere = two_workloads();
  elsewhere.config.workloads.front().guard = 0.06;
  CHECK(recommended(elsewhere.decided(), elsewhere.results, 0.01)->name == "baseline");
}

TEST_CASE("the next best is recommended, and what the guard stopped is said") {
  Run run({{"baseline"}, {"pgo"}, {"lto"}});
  run.timed("large", {10, 7, 9}).timed("small", {10, 10.5, 9});
  CHECK(run.decided().recommendation ==
        "lto is 9.9 % faster than baseline [9.9, 10.1]. Use it. pgo is 14.2 % faster than baseline over all "
        "workloads [14.2, 14.4], but is 5.1 % slower in small, more than the guard allows.");
}

TEST_CASE("a guard below the precision stops what is shown beyond it, though that is equivalent") {
  Run run({{"baseline"}, {"pgo"}});
  run.timed("large", {10, 7}).timed("small", {10, 10.08});
  run.config.measure.guard = 0.005;
  run.config.measure.floor = std::chrono::microseconds(1);
  run.decided();
  const auto& small = run.comparison(Metric::runtime, "pgo", "small");
  CHECK(small.verdict == measure::Verdict::equivalent);
  CHECK(small.has(Flag::guard));
  CHECK(recommended(run.results, run.results, 0.01)->name == "baseline");
}

TEST_CASE("a workload that may be beyond the guard is named") {
  Run run({{"baseline"}, {"pgo"}});
  run.timed("large", {10, 7}).timed("small", {10, 10});
  disturb(run.measurements["small"], 20);
  CHECK(run.decided().recommendation ==
        "pgo is 15.8 % faster than baseline [13.7, 17.9]; it may be up to 6.4 % slower in small. Use it.");
  CHECK(run.comparison(Metric::runtime, "pgo", "small").has(Flag::guard_open));
}

TEST_CASE("a guard of CPU time is one where it is asked for") {
  Run run({{"baseline"}, {"pgo"}});
  run.timed("w", {10, 8});
  for (auto& sample : run.measurements["w"].series[1].samples) sample.user *= 2;
  CHECK(recommended(run.decided(), run.results, 0.01)->name == "pgo");
  run.config.measure.cpu_guard = 0.02;
  CHECK(recommended(run.decided(), run.results, 0.01)->name == "baseline");
  CHECK(run.results.recommendation ==
        "pgo is 19.9 % faster than baseline [19.9, 20.2], but takes 60.1 % more CPU time in w, more than the "
        "guard allows. Keep baseline.");
}

TEST_CASE("CPU time decides where run time is too noisy") {
  Run run({{"baseline"}, {"pgo"}});
  run.timed("w", {10, 9.5});
  disturb(run.measurements["w"]);
  CHECK(
      run.decided().recommendation ==
      "pgo takes 4.9 % less CPU time than baseline [4.9, 5.2]; run time is too noisy here to tell them apart "
      "(-35.7 to +25.2 %). Use it.");
  CHECK(run.comparison(Metric::runtime, "pgo", "w").verdict == Verdict::unresolved);
  CHECK(run.comparison(Metric::cpu, "pgo", "w").verdict == Verdict::faster);
  CHECK(recommended(run.results, run.results, 0.01)->name == "pgo");
  run.config.measure.metrics = {Metric::runtime};
  CHECK(recommended(run.decided(), run.results, 0.01)->name == "baseline");
}

TEST_CASE("less CPU time than matters decides nothing") {
  Run run({{"baseline"}, {"pgo"}});
  run.timed("w", {10, 9.95});
  disturb(run.measurements["w"]);
  CHECK(recommended(run.decided(), run.results, 0.01)->name == "baseline");
}
