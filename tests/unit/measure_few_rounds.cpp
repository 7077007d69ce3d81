#include <doctest/doctest.h>

#include <cmath>

#include "measure/statistics/verdict.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using doctest::Approx;

namespace {

/// Times whose logarithms are these, in seconds.
Series series_of(const std::vector<double>& logarithms) {
  Series series{.name = "x", .rounds = {}, .samples = {}, .failure = {}};
  for (const double logarithm : logarithms) {
    Sample sample;
    sample.wall = Nanoseconds(std::llround(1e9 * std::exp(logarithm)));
    series.rounds.push_back(static_cast<int>(series.rounds.size()) + 1);
    series.samples.push_back(sample);
  }
  return series;
}

}  // namespace

TEST_CASE("three rounds of three programs, worked by hand") {
  // Rows less their mean and the rounds' level: residuals +-.01 of the first two in rounds 1 and 2.
  const std::vector<Series> all = {series_of({1.01, 1.99, 3.00}), series_of({1.49, 2.51, 3.50}),
                                   series_of({1.00, 2.00, 3.00})};
  // s^2 = 4 * .0001 / 4, df = 4, t(4, 1 - .005) = 4.60409: half-width 4.60409 * .01 * sqrt(2/3) = .0375922
  const auto result = compare_few_rounds(all, 0, 1, {.confidence = 0.95, .claims = 1, .precision = 0.01});
  REQUIRE(result.has_value());
  CHECK(result->verdict == Verdict::slower);
  CHECK(*result->effect_pct == Approx(100 * std::expm1(0.5)));
  CHECK(*result->lo_pct == Approx(100 * std::expm1(0.5 - 0.0375922)).epsilon(1e-5));
  CHECK(*result->hi_pct == Approx(100 * std::expm1(0.5 + 0.0375922)).epsilon(1e-5));
  CHECK(result->basis == Basis::parametric);
  CHECK(result->rounds == 3);
  const auto same = compare_few_rounds(all, 0, 2, {});
  CHECK(same->verdict == Verdict::unresolved);
  CHECK(same->rounds_needed == 10);
  CHECK(compare_few_rounds(all, 0, 2, {.confidence = 0.95, .claims = 1, .precision = 0.04})->verdict ==
        Verdict::equivalent);
}

TEST_CASE("an effect under three times the noise floor is not claimed") {
  const std::vector<Series> all = {series_of({1.01, 1.99, 3}), series_of({1.49, 2.51, 3.5}),
                                   series_of({1, 2, 3})};
  CHECK(compare_few_rounds(all, 0, 1, {}, 21.0)->verdict == Verdict::slower);  // the effect is 64.9 %
  CHECK(compare_few_rounds(all, 0, 1, {}, 22.0)->verdict == Verdict::unresolved);
}

TEST_CASE("who has not all rounds of the two that are compared has no say in their noise") {
  const std::vector<Series> two = {series_of({1, 2, 3}), series_of({1.1, 2.1, 3})};
  auto three = two;
  three.push_back(series_of({1, 2}));
  const auto alone = compare_few_rounds(two, 0, 1, {}), beside = compare_few_rounds(three, 0, 1, {});
  REQUIRE(alone.has_value());
  REQUIRE(beside.has_value());
  CHECK(beside->lo_pct == alone->lo_pct);
  CHECK(beside->rounds == 3);
}

TEST_CASE("a capped run leaves the interval of few rounds open on its side") {
  std::vector<Series> all = {series_of({1, 1, 1}), series_of({5, 5, 5})};
  all[1].samples[2].capped = true;
  const auto found = compare_few_rounds(all, 0, 1, {});
  REQUIRE(found.has_value());
  CHECK(found->lo_pct.has_value());
  CHECK_FALSE(found->hi_pct.has_value());
  CHECK(found->verdict == Verdict::slower);
}

TEST_CASE("two rounds, or a program that dropped out, give no parametric verdict") {
  std::vector<Series> all = {series_of({1, 2}), series_of({1, 2})};
  CHECK_FALSE(compare_few_rounds(all, 0, 1, {}).has_value());
  all = {series_of({1, 2, 3}), series_of({1, 2.1, 3}), series_of({1, 2})};
  CHECK_FALSE(compare_few_rounds(all, 0, 2, {}).has_value());
  all[2].failure = "round 3: timed out";
  CHECK_FALSE(compare_few_rounds(all, 0, 2, {}).has_value());
}
