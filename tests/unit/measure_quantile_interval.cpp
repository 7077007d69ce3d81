#include "measure/statistics/intervals.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>

using namespace pgo_orch::measure;

namespace {

std::vector<double> one_to(int n) {
  std::vector<double> values(static_cast<std::size_t>(n));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

/// The probability that [x_(r), x_(n+1-r)] misses the median of a continuous distribution, by all 2^n ways in
/// which n values can lie below or above it.
double missed(int n, int r) {
  int ways = 0;
  for (unsigned below = 0; below < (1U << n); ++below) {
    const int count = __builtin_popcount(below);
    if (count < r || count > n - r) ++ways;
  }
  return std::ldexp(ways, -n);
}

}  // namespace

TEST_CASE("the interval of a median is the narrowest of order statistics that keeps the error") {
  for (const double alpha : {0.05, 0.01, 0.3}) {
    for (int n = 2; n <= 16; ++n) {
      CAPTURE(alpha);
      CAPTURE(n);
      const auto interval = median_interval(one_to(n), alpha);
      CHECK(interval.bounded() == (n >= runs_for_median(alpha)));
      if (!interval.bounded()) continue;
      const int r = static_cast<int>(*interval.lo);  // the values are their ranks
      CHECK(*interval.hi == n + 1 - r);
      CHECK(missed(n, r) <= alpha);
      if (2 * (r + 1) <= n) CHECK(missed(n, r + 1) > alpha);
    }
  }
}

TEST_CASE("the tabled ranks for 95 % are found") {
  CHECK(*median_interval(one_to(10), 0.05).lo == 2);  // David and Nagaraja, table 7.1: P = 0.979
  CHECK(*median_interval(one_to(20), 0.05).lo == 6);  // 0.959
  CHECK(*median_interval(one_to(100), 0.05).lo == 40);
  CHECK(median_interval(one_to(100), 0.05).estimate == 50.5);
}

TEST_CASE("five runs bound no median at 95 %, six do") {
  CHECK(runs_for_median(0.05) == 6);
  CHECK(runs_for_median(0.005) == 9);
  CHECK(!median_interval(one_to(5), 0.05).lo);
  CHECK(*median_interval(one_to(6), 0.05).hi == 6);
}

TEST_CASE("a run that was stopped leaves the interval open above where it matters") {
  auto values = one_to(10);
  values[9] = std::numeric_limits<double>::infinity();
  CHECK(*median_interval(values, 0.05).hi == 9);
  values[8] = values[9];
  CHECK(!median_interval(values, 0.05).hi);
  CHECK(*median_interval(values, 0.05).lo == 2);
}

TEST_CASE("shares have the interval of Clopper and Pearson") {
  const auto some = proportion_interval(10, 100, 0.05);
  CHECK(some.estimate == doctest::Approx(0.1));
  CHECK(*some.lo == doctest::Approx(0.0490).epsilon(0.001));  // their chart, and R's binom.test
  CHECK(*some.hi == doctest::Approx(0.1762).epsilon(0.001));
  CHECK(*proportion_interval(0, 10, 0.05).lo == 0);
  CHECK(*proportion_interval(0, 10, 0.05).hi == doctest::Approx(0.3085).epsilon(0.001));
  CHECK(*proportion_interval(10, 10, 0.05).hi == 1);
}
