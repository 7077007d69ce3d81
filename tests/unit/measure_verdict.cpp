#include <doctest/doctest.h>

#include <cmath>

#include "measure/statistics/verdict.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using doctest::Approx;

namespace {

Series series_of(const std::vector<int>& microseconds, int first_round = 1) {
  Series series{.name = "x", .rounds = {}, .samples = {}, .failure = {}};
  for (const int us : microseconds) {
    Sample sample;
    sample.end = End::exited;
    sample.exit_code = 0;
    sample.wall = std::chrono::microseconds(us);
    sample.user = std::chrono::microseconds(us);
    sample.peak_rss = Bytes{static_cast<std::uint64_t>(us) * 4096};
    series.rounds.push_back(first_round + static_cast<int>(series.rounds.size()));
    series.samples.push_back(sample);
  }
  return series;
}

Differences around(double center, double spread, int n) {
  Differences d;
  for (int i = 0; i < n; ++i) d.emplace(i + 1, center + spread * (2.0 * i / (n - 1) - 1));
  return d;
}

}  // namespace

TEST_CASE("a variant that took half the time in each of ten rounds is faster by 50 %") {
  const Series baseline = series_of({1000, 2000, 1000, 4000, 1000, 3000, 1000, 2000, 1000, 1000});
  const Series variant = series_of({500, 1000, 500, 2000, 500, 1500, 500, 1000, 500, 500});
  const Comparison result = compare(baseline, variant, {});
  CHECK(to_word(result.verdict) == std::string("faster"));
  CHECK(*result.effect_pct == Approx(-50));
  CHECK(*result.lo_pct == Approx(-50));
  CHECK(*result.hi_pct == Approx(-50));
  CHECK(result.rounds == 10);
  CHECK_FALSE(result.rounds_needed.has_value());
  CHECK(result.confidence == 0.95);
  CHECK(result.basis == Basis::exact);
  CHECK(compare(variant, baseline, {}).verdict == Verdict::slower);
  CHECK(*compare(variant, baseline, {}).effect_pct == Approx(100));
  CHECK(compare(baseline, variant, {}, Quantity::cpu).verdict == Verdict::faster);
  CHECK(compare(baseline, variant, {}, Quantity::memory).verdict == Verdict::smaller);
  CHECK(compare(variant, baseline, {}, Quantity::memory).verdict == Verdict::larger);
}

TEST_CASE("too few rounds for the number of claims leave the interval unbounded") {
  const Series baseline = series_of({1000, 1000, 1000, 1000, 1000, 1000});
  const Series variant = series_of({500, 500, 500, 500, 500, 500});
  const Comparison result = compare(baseline, variant, {.confidence = 0.95, .claims = 8, .precision = 0.01});
  CHECK(result.verdict == Verdict::unresolved);
  CHECK(*result.effect_pct == Approx(-50));
  CHECK_FALSE(result.lo_pct.has_value());
  CHECK(result.rounds_needed == 13);
}

TEST_CASE("an interval within the precision is equivalent, even when it excludes zero") {
  const Comparison around_zero = compare(around(0, 0.004, 40), {});
  CHECK(around_zero.verdict == Verdict::equivalent);
  const Comparison beside_zero = compare(around(0.004, 0.003, 40), {});
  CHECK(*beside_zero.lo_pct > 0);
  CHECK(beside_zero.verdict == Verdict::equivalent);
  CHECK(compare(around(0.02, 0.003, 40), {}).verdict == Verdict::slower);
  CHECK(compare(around(-0.02, 0.003, 40), {}).verdict == Verdict::faster);
}

TEST_CASE("an unresolved comparison says how many rounds it would take") {
  const Differences d = {{1, -0.04}, {2, 0.03},  {3, -0.01}, {4, 0.05},    {5, -0.02}, {6, 0.01},
                         {7, 0.02},  {8, -0.03}, {9, 0.025}, {10, -0.025}, {11, 0.02}, {12, -0.02}};
  const Comparison result = compare(d, {});
  CHECK(result.verdict == Verdict::unresolved);
  CHECK(*result.lo_pct < 0);
  CHECK(*result.hi_pct > 0);
  // sigma = 1.4826 * 0.0225, delta = 0.01; the 15th look may err with 0.00121, z = 3.24:
  // ((3.24 + 0.84) * 0.0333585 / 0.01)^2 / 0.955 = 194, and the next look after that, the 15th, is at 228.
  CHECK(rounds_to_resolve(d, 0.01, {}) == 228);
  // an estimate of zero: the interval must get within the precision of 1 %, delta = ln(1.01)
  CHECK(rounds_to_resolve(d, 0, {}) == 228);
  CHECK(rounds_to_resolve(d, 0.1, {}) == 13);  // the next look
  CHECK(rounds_to_resolve(d, 0, {.confidence = 0.95, .claims = 1, .precision = 0}) == std::nullopt);
}

TEST_CASE("a variant that dropped out is failed, and one without common rounds is unresolved") {
  Series failed = series_of({500, 500});
  failed.failure = "round 3: exit code 1";
  CHECK(compare(series_of({1000, 1000, 1000}), failed, {}).verdict == Verdict::failed);
  const Comparison apart = compare(series_of({1, 2}), series_of({1, 2}, 3), {});
  CHECK(apart.verdict == Verdict::unresolved);
  CHECK_FALSE(apart.effect_pct.has_value());
  CHECK(apart.rounds_needed == 10);
}

TEST_CASE("only rounds that both have are compared") {
  Series baseline = series_of({100, 100, 100, 100});
  Series variant = series_of({200, 300}, 2);
  const Differences d = differences(baseline, variant);
  REQUIRE(d.size() == 2);
  CHECK(d.at(2).value == Approx(std::log(2)));
  CHECK(d.at(3).value == Approx(std::log(3)));
}

TEST_CASE("workloads are combined by their weights, in the rounds that all have") {
  const Differences d = combined({{3, {{1, 0.1}, {2, 0.2}, {3, 0.3}}}, {1, {{2, -0.2}, {3, 0.1}, {4, 9}}}});
  REQUIRE(d.size() == 2);
  CHECK(d.at(2).value == Approx(0.1));
  CHECK(d.at(3).value == Approx(0.25));
  CHECK(combined({}).empty());
}

TEST_CASE("of a run that was stopped at the cap only a bound is known, and so of the interval") {
  Series baseline = series_of(std::vector<int>(12, 1000));
  Series variant = series_of(std::vector<int>(12, 5000));
  for (auto& sample : variant.samples) sample.capped = true;
  const Comparison slower = compare(baseline, variant, {});
  CHECK(slower.verdict == Verdict::slower);
  CHECK(*slower.lo_pct == Approx(400));
  CHECK_FALSE(slower.hi_pct.has_value());
  const Comparison faster = compare(variant, baseline, {});
  CHECK(faster.verdict == Verdict::faster);
  CHECK(*faster.hi_pct == Approx(-80));
  CHECK_FALSE(faster.lo_pct.has_value());
  for (auto& sample : baseline.samples) sample.capped = true;
  CHECK(compare(baseline, variant, {}).verdict == Verdict::unresolved);
}

TEST_CASE("an interval with capped runs holds whatever these would have taken") {
  Series baseline = series_of(std::vector<int>(27, 1000)), variant = baseline;
  for (int i = 0; i < 27; ++i)
    variant.samples[static_cast<std::size_t>(i)].wall += std::chrono::microseconds(10 * i);
  const Comparison exact = compare(baseline, variant, {});
  variant.samples[9].capped = true;
  baseline.samples[3].capped = true;
  const Comparison bounded = compare(baseline, variant, {});
  CHECK(*bounded.lo_pct <= *exact.lo_pct);
  CHECK(*bounded.hi_pct >= *exact.hi_pct);
  for (const int hours : {1, 100}) {
    auto worst = variant;
    worst.samples[9].capped = false;
    worst.samples[9].wall = std::chrono::hours(hours);
    CHECK(*compare(baseline, worst, {}).hi_pct <= *bounded.hi_pct);
  }
}

TEST_CASE("the noise floor is the spread of the control's effect between renewals") {
  Differences control;
  for (int round = 1; round <= 10; ++round) control.emplace(round, 0.01);
  CHECK(noise_floor_pct(control) == std::nullopt);
  for (int round = 11; round <= 20; ++round) control.emplace(round, -0.01);
  CHECK(*noise_floor_pct(control) == Approx(100 * std::expm1(0.02 / std::sqrt(2))));
}

TEST_CASE("verdicts have the words of results.json") {
  std::string words;
  for (const Verdict verdict :
       {Verdict::faster, Verdict::slower, Verdict::smaller, Verdict::larger, Verdict::equivalent,
        Verdict::unresolved, Verdict::identical, Verdict::wrong_output, Verdict::failed, Verdict::skipped})
    words += std::string(to_word(verdict)) + " ";
  CHECK(words == "faster slower smaller larger equivalent unresolved identical wrong-output failed skipped ");
}
