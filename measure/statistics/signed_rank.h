#pragma once
// The signed-rank test of Wilcoxon and the estimate and interval that belong to it (Hodges and Lehmann 1963).
//
// Given differences d_1..d_n, whose signs are fair coins if there is no effect, W+ is the sum of the ranks of
// |d| that belong to positive d. It is also the number of Walsh averages (d_i + d_j)/2, i <= j, above zero
// (Tukey 1949), which is how it is used here.
//
// Zeros and ties are kept and need no correction. Move each tied or zero d by an infinitesimal amount of its
// own with a fair sign: the null distribution of W+ is exact then, and a Walsh average that was above zero
// still is, so the number of those can only be smaller than W+. The claims are valid, if conservative.

#include <optional>
#include <vector>

namespace pgo_orch::measure {

/// Point and confidence interval, in the unit of the data (logarithms of ratios everywhere in this room).
struct Interval {
  double estimate = 0;
  std::optional<double> lo;  ///< no value: unbounded, as n is too small or too little is known
  std::optional<double> hi;

  bool bounded() const { return lo && hi; }
  bool excludes_zero() const { return (lo && *lo > 0) || (hi && *hi < 0); }
};

/// 100 (e^x - 1): a difference of logarithms as percent of the baseline.
double to_percent(double log_ratio);

/// P(W+ >= w) for n pairs, exact: element w, for w from 0 to n(n+1)/2.
/// From the generating function prod (1 + x^k)/2, k = 1..n, by dynamic programming.
std::vector<double> signed_rank_tails(int n);

/// w*: the smallest w with P(W+ >= w) <= tail; none if even w = n(n+1)/2 is likelier than that.
/// Exact up to n = 60; beyond, normal with continuity: ceil(mu + 1/2 + z sigma), mu = n(n+1)/4,
/// sigma^2 = n(n+1)(2n+1)/24.
std::optional<long> critical_signed_rank(int n, double tail);

/// Estimate: the median of all M = n(n+1)/2 Walsh averages W_(1) <= ... <= W_(M).
/// Interval: [W_(c), W_(M+1-c)] with c = M + 1 - w*, where w* is for tail = alpha/2. It excludes x exactly
/// when the test of d - x rejects at alpha, two-sided. More than 512 differences are first reduced to medians
/// of consecutive groups (a median's sign is as fair a coin). Needs n >= 1.
Interval hodges_lehmann(const std::vector<double>& differences, double alpha);

/// The same where only bounds are known of some differences: least[i] <= differences[i] <= most[i] in truth,
/// either may be infinite, and differences[i] is what the estimate takes. Each bound of the interval is of
/// the worst case, so it holds whatever the truth is; one that would be infinite is none.
Interval hodges_lehmann(const std::vector<double>& differences, const std::vector<double>& least,
                        const std::vector<double>& most, double alpha);

}  // namespace pgo_orch::measure
