// Variants trained without one of their workloads: compared, and no candidates.

#include <doctest/doctest.h>

#include "tests/unit/judge_decide_fixture.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using namespace pgo_orch::orchestrator::timed_test;
using Names = std::vector<std::string>;

namespace {

/// The baseline, pgo, and pgo without each of two workloads, of which the second is also trained without.
Run two_workloads() {
  Run run({{"baseline"}, {"pgo"}, {"pgo.without-a", 1, 900}, {"pgo.without-b"}});
  run.results.variants[2].left_out = pgo::LeftOut{"pgo", "a"};
  run.results.variants[3].left_out = pgo::LeftOut{"pgo", "b"};
  run.timed("a", {10, 8, 9, 7}).timed("b", {10, 9, 8.5, 9});
  return run;
}

std::vector<report::HeldOut> held_out_of(const Run& run) {
  return compare_left_out(run.config, {run.measurements, run.builds}, run.results);
}

}  // namespace

TEST_CASE("what is trained without a workload is never the best, recommended or among the comparisons") {
  Run run = two_workloads();
  const auto& results = run.decided();
  CHECK(results.best.runtime.at("a") == Names{"pgo"});
  CHECK(results.best.runtime.at("") == Names{"pgo"});
  CHECK(results.best.size == Names{"baseline", "pgo"});
  for (const auto& name : results.best.pareto) CHECK(name.find("without") == std::string::npos);
  for (const auto& each : results.comparisons) CHECK(each.variant == "pgo");
  CHECK(results.recommendation.starts_with("pgo is 15.1 % faster than baseline"));
}

TEST_CASE("it is compared with the baseline in all workloads, and with the whole in the one it lacks") {
  const Run run = two_workloads();
  const auto all = held_out_of(run);
  REQUIRE(all.size() == 2);
  CHECK(all[0].built.name == "pgo.without-a");
  REQUIRE(all[0].loss);
  CHECK(all[0].loss->variant == "pgo.without-a");
  CHECK(all[0].loss->to == "pgo");
  CHECK(all[0].loss->workload == "a");
  CHECK(*all[0].loss->effect == doctest::Approx(12.5).epsilon(0.01));
  CHECK(all[0].loss->verdict == Verdict::slower);
  CHECK(all[1].loss->verdict == Verdict::equivalent);
  const auto in = [&](const std::optional<std::string>& workload) {
    return *std::ranges::find_if(all[0].comparisons, [&](const auto& each) {
      return each.metric == Metric::runtime && each.workload == workload;
    });
  };
  CHECK(*in("a").effect == doctest::Approx(-10).epsilon(0.02));
  CHECK(*in("b").effect == doctest::Approx(-15).epsilon(0.01));
  CHECK(in(std::nullopt).verdict == Verdict::faster);
  CHECK(in("a").to == "baseline");
}

TEST_CASE("one with the same code as the whole loses nothing, and one that failed is not compared with it") {
  Run run = two_workloads();
  run.results.variants[2].identical_to = "pgo";
  run.results.variants[3].status = report::Status::failed;
  const auto all = held_out_of(run);
  CHECK(all[0].loss->verdict == Verdict::identical);
  CHECK(*all[0].loss->effect == 0);
  CHECK_FALSE(all[1].loss);
}

TEST_CASE("each comparison with the whole is a claim of the run") {
  Run run = two_workloads();
  CHECK(losses_among(run.results, {"a", "b"}) == 2);
  CHECK(losses_among(run.results, {"a"}) == 1);
  run.results.variants[2].identical_to = "pgo";
  CHECK(losses_among(run.results, {"a", "b"}) == 1);
  const auto claims = [](std::size_t losses) { return claim_of(Config{}, 4, 2, {}, losses).claims; };
  CHECK(claims(2) == claims(0) + 2);
}

TEST_CASE("more claims make every interval of the run wider") {
  Run run = two_workloads();
  for (auto& [workload, measured] : run.measurements) {
    measured.rounds = 5;  // few: the width depends on every claim
    for (auto& each : measured.series) {
      each.rounds.resize(5);
      each.samples.resize(5);
    }
  }
  const auto width = [&] {
    run.decided();
    const auto& found = run.comparison(Metric::runtime, "pgo", "a");
    return found.hi.value() - found.lo.value();
  };
  const double with = width();
  for (auto& row : run.results.variants) row.left_out.reset();
  CHECK(with > width());
}
