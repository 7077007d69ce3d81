// From times to what is said of them: comparisons, the best, the recommendation.

#include "measure/rounds/race.h"
#include "orchestrator/judge/decide.h"

#include <doctest/doctest.h>

#include "orchestrator/time/measure_stage.h"
#include "tests/unit/judge_decide_fixture.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using namespace pgo_orch::orchestrator::timed_test;
using Names = std::vector<std::string>;

namespace {

std::size_t claims_of(std::size_t variants, std::size_t workloads, const measure::Measured& builds) {
  return static_cast<std::size_t>(claim_of(Config{}, variants, workloads, builds).claims);
}

}  // namespace

TEST_CASE("a variant that is faster is recommended, with what its build takes") {
  Run run({{"baseline", 2}, {"pgo", 5}});
  run.timed("w", {10, 8.8});
  CHECK(run.decided().recommendation ==
        "pgo is 11.9 % faster than baseline [11.9, 12.2]; its build took 2.5 times as long (timed once). Use "
        "it.");
  CHECK(run.results.best.runtime.at("") == Names{"pgo"});
  CHECK(run.results.best.build == Names{"baseline"});
  CHECK(run.results.best.pareto == Names{"baseline", "pgo"});
  CHECK(run.comparison(Metric::runtime, "pgo", "w").verdict == Verdict::faster);
  CHECK(run.comparison(Metric::memory, "pgo", "w").verdict == Verdict::equivalent);
}

TEST_CASE("builds in rounds give their interval to the recommendation") {
  Run run({{"baseline", 2}, {"pgo", 5}});
  run.timed("w", {10, 8.8}).built({2, 5}, 5);
  CHECK(run.decided().recommendation ==
        "pgo is 11.9 % faster than baseline [11.9, 12.2]; its build takes 2.5 times as long [2.50, "
        "2.50]. Use it.");
  const auto& build = run.comparison(Metric::build, "pgo");
  CHECK(build.verdict == Verdict::slower);
  CHECK(build.basis == measure::Basis::parametric);
  CHECK(build.rounds == 5);
  CHECK(run.results.builds->rounds == 5);
}

TEST_CASE("when nothing is faster, the baseline is kept") {
  Run run({{"baseline"}, {"size"}});
  run.timed("w", {10, 12});
  CHECK(run.decided().recommendation == "No variant is faster than baseline. Keep it.");
}

TEST_CASE("when it can't be told, it says so") {
  Run run({{"baseline"}, {"other"}});
  run.timed("w", {10, 9});
  for (auto& each : run.measurements["w"].series) {
    each.rounds.resize(2);
    each.samples.resize(2);
  }
  run.measurements["w"].rounds = 2;
  CHECK(run.decided().recommendation ==
        "No variant is shown to be faster than baseline. Keep it, or measure longer.");
  CHECK(run.comparison(Metric::runtime, "other", "w").verdict == Verdict::unresolved);
  CHECK(run.comparison(Metric::runtime, "other", "w").time_needed.has_value());
}

TEST_CASE(
    "of variants that are equally fast the one with the shorter build is recommended, and the tie is said") {
  Run run({{"baseline", 1}, {"slow-build", 9}, {"quick-build", 3, 1000, false}});
  run.timed("w", {10, 8, 8});
  CHECK(run.decided().recommendation ==
        "quick-build is 19.9 % faster than baseline [19.9, 20.1]; its build took 3.0 times as long (timed "
        "once); slow-build is not distinguishable from it; not portable: built for this CPU. Use it.");
  CHECK(run.results.best.runtime.at("w") == Names{"slow-build", "quick-build"});
  CHECK(run.results.best.pareto == Names{"baseline", "quick-build"});
}

TEST_CASE("the workload that disagrees is named") {
  Run run({{"baseline"}, {"pgo"}});
  run.config.measure.guard = 0.06;
  run.timed("large", {10, 7}).timed("small", {10, 10.5});
  CHECK(run.decided().recommendation ==
        "pgo is 14.2 % faster than baseline [14.2, 14.4]; but it is 5.1 % slower in small. Use it.");
  CHECK(run.comparison(Metric::runtime, "pgo", "large").verdict == Verdict::faster);
  CHECK(run.comparison(Metric::runtime, "pgo", "small").verdict == Verdict::slower);
  CHECK(run.comparison(Metric::runtime, "pgo").verdict == Verdict::faster);
}

TEST_CASE("weights decide what all workloads together are") {
  Run run({{"baseline"}, {"pgo"}});
  run.timed("large", {10, 8}, 1).timed("small", {10, 11}, 3);
  CHECK(run.decided().best.runtime.at("") == Names{"baseline"});
  CHECK(*run.comparison(Metric::runtime, "pgo").effect ==
        doctest::Approx(100 * (std::pow(0.8 * 1.1 * 1.1 * 1.1, 0.25) - 1)).epsilon(0.1));
}

TEST_CASE("what a copy of the baseline differs by is no difference") {
  Run run({{"baseline"}, {"pgo"}, {"much"}});
  run.timed("w", {10, 9.8, 9});
  run.measurements["w"].series.push_back(series(measure::control_id, 9.7, 40, 5));
  run.decided();
  const auto& within = run.comparison(Metric::runtime, "pgo", "w");
  CHECK(within.verdict == Verdict::unresolved);
  CHECK(within.flags == std::vector{measure::Flag::floor});
  const auto& beyond = run.comparison(Metric::runtime, "much", "w");
  CHECK(beyond.verdict == Verdict::faster);
  CHECK(beyond.flags.empty());
}

TEST_CASE("a variant with another's code has its times; its build is its own") {
  Run run({{"baseline", 2}, {"fat", 5}, {"twin", 8}});
  run.results.variants[2].identical_to = "fat";
  run.timed("w", {10, 8}).built({2, 5, 8}, 5);
  run.decided();
  CHECK(run.comparison(Metric::runtime, "twin", "w").basis == measure::Basis::identical);
  CHECK(*run.comparison(Metric::runtime, "twin", "w").effect ==
        *run.comparison(Metric::runtime, "fat", "w").effect);
  CHECK(*run.comparison(Metric::build, "twin").effect == doctest::Approx(300).epsilon(0.01));
  CHECK(run.results.best.pareto == Names{"baseline", "fat"});
}

TEST_CASE("a variant with another's settings is built by it") {
  Run run({{"baseline", 2}, {"fat", 5}, {"twin", 5}});
  run.results.variants[2].identical_to = "fat";
  run.results.variants[2].built_once = true;
  run.timed("w", {10, 8}).built({2, 5}, 5);
  run.decided();
  CHECK(*run.comparison(Metric::build, "twin").effect == *run.comparison(Metric::build, "fat").effect);
  CHECK(run.comparison(Metric::build, "twin").basis == measure::Basis::identical);
}

TEST_CASE("a variant that was dropped early is dominated, and never the best") {
  Run run({{"baseline"}, {"fast"}, {"lost"}});
  run.timed("w", {10, 8, 8.5});
  auto& lost = run.measurements["w"].series[2];
  lost.lost = true;
  lost.rounds.resize(18);
  lost.samples.resize(18);
  run.decided();
  CHECK(run.comparison(Metric::runtime, "lost", "w").dominated);
  CHECK(run.comparison(Metric::runtime, "lost", "w").verdict == Verdict::faster);
  CHECK(run.results.best.runtime.at("w") == Names{"fast"});
}

TEST_CASE("a variant that failed is in no best, and its comparisons say why") {
  Run run({{"baseline"}, {"broken"}});
  run.timed("w", {10, 1});
  run.results.variants[1].status = report::Status::failed;
  run.decided();
  CHECK(run.comparison(Metric::runtime, "broken", "w").verdict == Verdict::failed);
  CHECK(run.results.best.runtime.at("w") == Names{"baseline"});
  CHECK(run.results.recommendation == "There was nothing to compare the baseline with.");
}

TEST_CASE("all claims of a run share its error: variants, workloads and metrics, and builds in rounds") {
  measure::Measured builds;
  CHECK(claims_of(1, 1, builds) == 1);
  CHECK(claims_of(2, 1, builds) == 1);
  CHECK(claims_of(4, 1, builds) == 3);
  CHECK(claims_of(4, 2, builds) == 9);  // and all together
  builds.rounds = 2;
  builds.series = {series(0, 1, 2), series(1, 1, 2), series(measure::control_id, 1, 2)};
  CHECK(claims_of(2, 1, builds) == 1);  // two rounds claim nothing
  builds.rounds = 3;
  CHECK(claims_of(2, 1, builds) == 2);
}

TEST_CASE("the claims about one program's runs share its part: run time, CPU time and memory") {
  Measure measure;
  const measure::Claim whole{.confidence = 0.95, .claims = 4};
  const auto share = [&](measure::Quantity quantity) {
    return claim_about(quantity, whole, measure).alpha() / whole.alpha();
  };
  using measure::Quantity;
  CHECK(share(Quantity::wall) == doctest::Approx(0.6));
  CHECK(share(Quantity::cpu) == doctest::Approx(0.3));
  CHECK(share(Quantity::memory) == doctest::Approx(0.1));
  measure.metrics = {Metric::runtime};
  CHECK(share(Quantity::wall) == doctest::Approx(0.9));
  CHECK(share(Quantity::memory) == doctest::Approx(0.1));
}

namespace {

/// A reference that ran in every second of the workload's rounds, in these milliseconds.
void add_reference(Run& run, const std::string& workload, double milliseconds) {
  Reference reference;
  reference.name = "c";
  run.config.questions.references.push_back(reference);
  report::ReferenceResult row;
  row.name = "c";
  row.of = measure::PhaseOf::run;
  run.results.references.push_back(row);
  auto sparse = series(run.results.id(run.results.references.back()), milliseconds);
  for (std::size_t i = sparse.rounds.size(); i-- > 0;) {
    if (i % 2 == 0) continue;
    sparse.rounds.erase(sparse.rounds.begin() + static_cast<std::ptrdiff_t>(i));
    sparse.samples.erase(sparse.samples.begin() + static_cast<std::ptrdiff_t>(i));
  }
  run.measurements[workload].series.push_back(sparse);
}

}  // namespace

TEST_CASE("a reference is compared with the baseline and is never the best") {
  Run run({{"baseline"}, {"fast"}});
  run.timed("fib", {10, 9});
  add_reference(run, "fib", 2);
  const auto& results = run.decided();
  const auto& runtime = run.comparison(Metric::runtime, "c", "fib");
  CHECK(runtime.verdict == Verdict::faster);
  CHECK(runtime.rounds == 20);
  CHECK(runtime.basis == measure::Basis::exact);
  CHECK(*runtime.effect == doctest::Approx(-80).epsilon(0.01));
  CHECK(runtime.flags == std::vector{measure::Flag::reference});
  CHECK(run.comparison(Metric::memory, "c", "fib").flags == std::vector{measure::Flag::reference});
  CHECK(results.best.runtime.at("fib") == Names{"fast"});
  CHECK(results.best.runtime.at("") == Names{"fast"});
}

TEST_CASE("a reference with few rounds of a measurement of many is compared as noise is taken to be") {
  Run run({{"baseline"}, {"fast"}});
  run.timed("fib", {10, 9});
  add_reference(run, "fib", 2);
  auto& sparse = run.measurements["fib"].series.back();
  sparse.rounds.resize(3);
  sparse.samples.resize(3);
  run.decided();
  CHECK(run.comparison(Metric::runtime, "c", "fib").basis == measure::Basis::parametric);
  CHECK(run.comparison(Metric::runtime, "c", "fib").verdict == Verdict::faster);
}

TEST_CASE("a foreign build is compared with the baseline's") {
  Run run({{"baseline", 1.0}, {"fast", 2.0}});
  run.timed("fib", {10, 9});
  report::ReferenceResult row;
  row.name = "gcc";
  row.of = measure::PhaseOf::build;
  row.build.emplace();
  row.build->wall = std::chrono::milliseconds(500);
  row.build->runs = {*row.build->wall};
  run.results.references.push_back(row);
  run.decided();
  const auto& build = run.comparison(Metric::build, "gcc");
  CHECK(build.to == "baseline");
  CHECK(*build.effect == doctest::Approx(-50));
  CHECK_FALSE(build.lo);
  CHECK(build.verdict == Verdict::unresolved);
  CHECK(run.results.best.build == Names{"baseline"});
}

TEST_CASE("what is recommended is a variant, however fast a reference is") {
  Run run({{"baseline"}, {"slow"}});
  run.timed("fib", {10, 12});
  add_reference(run, "fib", 2);
  CHECK(run.decided().recommendation == "No variant is faster than baseline. Keep it.");
}
