#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

#include "measure/statistics/intervals.h"
#include "measure/statistics/statistics.h"

using namespace pgo_orch::measure;
using doctest::Approx;

namespace {

/// P(W+ >= w) by going through all 2^n assignments of signs to the ranks 1..n.
std::vector<double> tails_by_brute_force(int n) {
  std::vector<double> count(static_cast<std::size_t>(n * (n + 1) / 2 + 1), 0.0);
  for (unsigned signs = 0; signs < 1U << n; ++signs) {
    int sum = 0;
    for (int rank = 1; rank <= n; ++rank) sum += (signs >> (rank - 1) & 1U) != 0 ? rank : 0;
    for (int w = 0; w <= sum; ++w) count[w] += 1;
  }
  for (double& c : count) c /= std::ldexp(1.0, n);
  return count;
}

long walsh_above(const std::vector<double>& d, double x) {
  long above = 0;
  for (std::size_t i = 0; i < d.size(); ++i)
    for (std::size_t j = i; j < d.size(); ++j) above += (d[i] + d[j]) / 2 > x;
  return above;
}

}  // namespace

TEST_CASE("the null distribution is what all sign flips give, up to 12 pairs") {
  for (int n = 1; n <= 12; ++n) CHECK(signed_rank_tails(n) == tails_by_brute_force(n));
}

TEST_CASE("critical values are those of the published tables") {
  struct Row {
    int n;
    double alpha;   // two-sided
    long rejected;  // the largest smaller rank sum that rejects, as tables print it
  };
  // Wilcoxon, Katti and Wilcox 1970
  for (const Row row : {Row{6, .05, 0}, Row{10, .05, 8}, Row{20, .05, 52}, Row{25, .05, 89},
                        Row{30, .05, 137}, Row{50, .05, 434}, Row{8, .01, 0}, Row{10, .01, 3},
                        Row{20, .01, 37}, Row{30, .01, 109}, Row{50, .01, 373}}) {
    CAPTURE(row.n);
    CHECK(critical_signed_rank(row.n, row.alpha / 2) == row.n * (row.n + 1L) / 2 - row.rejected);
  }
  CHECK(critical_signed_rank(5, .025) == std::nullopt);
  CHECK(critical_signed_rank(7, .005) == std::nullopt);
}

TEST_CASE("beyond 60 pairs the normal approximation goes on where the exact distribution ends") {
  for (const double tail : {.025, .005, .025 / 24}) {
    const auto tails = signed_rank_tails(61);
    const auto exact =
        std::find_if(tails.begin(), tails.end(), [&](double p) { return p <= tail; }) - tails.begin();
    const long approximate = critical_signed_rank(61, tail).value();
    CHECK(approximate >= exact);
    CHECK(approximate <= exact + 8);  // of 1891, and on the safe side
  }
  CHECK(critical_signed_rank(61, .025) == 1219);
  CHECK(critical_signed_rank(61, 1e-30) == std::nullopt);
}

TEST_CASE("the estimate and the interval of a worked example") {
  // Walsh averages of 1 2 4 5 9 12: 1 1.5 2 2.5 3 3 3.5 4 4.5 5 5 5.5 6.5 6.5 7 7 8 8.5 9 10.5 12
  const Interval interval = hodges_lehmann({5, 1, 12, 2, 9, 4}, 0.05);
  CHECK(interval.estimate == 5);
  CHECK(interval.lo == 1);  // w* = 21: c = 1
  CHECK(interval.hi == 12);
  CHECK(interval.excludes_zero());
  const Interval narrower = hodges_lehmann({5, 1, 12, 2, 9, 4}, 0.10);  // w* = 19 (p = .047): c = 3
  CHECK(narrower.lo == 2);
  CHECK(narrower.hi == 9);
  const Interval open = hodges_lehmann({5, 1, 12, 2, 9, 4}, 0.01);
  CHECK(open.estimate == 5);
  CHECK_FALSE(open.bounded());
  CHECK_FALSE(open.excludes_zero());
}

TEST_CASE("the interval holds just the shifts that the test does not reject") {
  std::mt19937 random(7);
  for (int trial = 0; trial < 200; ++trial) {
    const int n = 6 + static_cast<int>(random() % 20);
    std::vector<double> d;
    for (int i = 0; i < n; ++i) d.push_back(static_cast<double>(random() % 1000));
    const Interval interval = hodges_lehmann(d, 0.05);
    const long critical = critical_signed_rank(n, 0.025).value();
    const long all = n * (n + 1L) / 2;
    CHECK(walsh_above(d, *interval.lo - 1e-9) >= critical);        // rejected: too low
    CHECK(walsh_above(d, *interval.lo) < critical);                // not rejected
    CHECK(all - walsh_above(d, *interval.hi) > all - critical);    // not rejected from above
    CHECK(all - walsh_above(d, *interval.hi + 1e-9) >= critical);  // rejected: too high
    CHECK(std::abs(walsh_above(d, interval.estimate) * 2 - all) <= all / 4 + n);
  }
}

TEST_CASE("with zeros and ties a test at 5 % still rejects no more than that") {
  const std::vector<double> sizes = {0, 0, 1, 1, 1, 2, 2, 3, 5, 5};
  int rejected = 0;
  for (unsigned signs = 0; signs < 1U << sizes.size(); ++signs) {
    std::vector<double> d;
    for (std::size_t i = 0; i < sizes.size(); ++i) d.push_back((signs >> i & 1U) != 0 ? sizes[i] : -sizes[i]);
    rejected += hodges_lehmann(d, 0.05).excludes_zero();
  }
  CHECK(rejected > 0);
  CHECK(rejected <= 51);  // 5 % of 1024
}

TEST_CASE("thousands of pairs are reduced to medians of groups, and a constant stays what it is") {
  const Interval constant = hodges_lehmann(std::vector<double>(3000, 0.25), 0.05);
  CHECK(constant.estimate == 0.25);
  CHECK(constant.lo == 0.25);
  CHECK(constant.hi == 0.25);
  std::vector<double> spiked(2048, 0.01);
  for (std::size_t i = 0; i < spiked.size(); i += 4) spiked[i] = 3;  // one in each group of four
  CHECK(hodges_lehmann(spiked, 0.05).hi == 0.01);
}

TEST_CASE("differences of logarithms as percent") {
  CHECK(to_percent(0) == 0);
  CHECK(to_percent(std::log(1.25)) == Approx(25));
  CHECK(to_percent(std::log(0.5)) == Approx(-50));
}
