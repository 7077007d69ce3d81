#pragma once
// Confidence intervals that assume nothing about the shape of the noise, and the quantiles that others need.
//
// The signed-rank test (Wilcoxon) with its estimate and interval (Hodges and Lehmann 1963): given differences
// d_1..d_n, whose signs are fair coins if there is no effect, W+ is the sum of the ranks of |d| that belong
// to positive d. It is also the number of Walsh averages (d_i + d_j)/2, i <= j, above zero (Tukey 1949),
// which is how it is used here.
//
// Zeros and ties are kept and need no correction. Move each tied or zero d by an infinitesimal amount with a
// fair sign: the null distribution of W+ is then exact, and a Walsh average that was above zero still is, so
// their number can only be smaller than W+. The claims are valid, if conservative.
//
// The sign test needs as little, and sees more where tails are heavy: beside compilers, say. Under the null
// the signs are independent of all |d|, so which of the two decides may be chosen from the |d| alone, and the
// test stays exact (Hajek and Sidak, Theory of Rank Tests, 1967; Hogg 1974 on adaptive procedures).

#include <cstdint>
#include <optional>
#include <vector>

namespace pgo_orch::measure {

/// Point and confidence interval, in the unit of the data (logarithms of ratios everywhere in this room).
struct Interval {
  double estimate = 0;
  std::optional<double> lo;  ///< no value: unbounded, n is too small or too little is known
  std::optional<double> hi;

  bool bounded() const { return lo && hi; }
  bool excludes_zero() const { return (lo && *lo > 0) || (hi && *hi < 0); }
};

/// 100 (e^x - 1): a difference of logarithms as percent of the baseline.
double to_percent(double log_ratio);

/// P(W+ >= w) for n pairs, exact: element w, for w from 0 to n(n+1)/2.
/// From the generating function prod (1 + x^k)/2, k = 1..n, by dynamic programming.
std::vector<double> signed_rank_tails(int n);

/// w*: the smallest w with P(W+ >= w) <= tail; none if even w = n(n+1)/2 is more likely than that.
/// Exact up to n = 60; beyond, normal with continuity: ceil(mu + 1/2 + z sigma), mu = n(n+1)/4,
/// sigma^2 = n(n+1)(2n+1)/24.
std::optional<long> critical_signed_rank(int n, double tail);

/// Estimate: the median of all M = n(n+1)/2 Walsh averages W_(1) <= ... <= W_(M).
/// Interval: [W_(c), W_(M+1-c)] with c = M + 1 - w*, where w* is for tail = alpha/2. It excludes x exactly
/// when the test of d - x rejects at alpha, two-sided. More than 512 differences are first reduced to medians
/// of consecutive groups (a median's sign is as fair a coin). Needs n >= 1.
Interval hodges_lehmann(const std::vector<double>& differences, double alpha);

/// The same where some differences are only known within bounds: least[i] <= differences[i] <= most[i];
/// either may be infinite, and the estimate uses differences[i]. Each bound of the interval assumes the worst
/// case, so it holds whatever the true values are; an infinite bound is none.
Interval hodges_lehmann(const std::vector<double>& differences, const std::vector<double>& least,
                        const std::vector<double>& most, double alpha);

/// The signed ranks' interval or the sign test's (order statistics, as in median_interval): for each shift x
/// that of the test which says more about d - x (signs_say_more), so it excludes x only if that test rejects
/// it at alpha; where these x are not one interval, the smallest that holds them. Which test it is is looked
/// up at 32 shifts between the ends of both intervals, and at 0. `least` and `most` as above.
Interval adaptive_interval(const std::vector<double>& differences, const std::vector<double>& least,
                           const std::vector<double>& most, double alpha);

/// Whether the sign test sees a shift of differences with tails as heavy as these, once `shift` is
/// subtracted, sooner than the signed-rank test: the mean size |d - shift| between the quantiles of 70 and 90
/// % is over 2.5 + 1.5/sqrt(n) times that between 35 and 65 % (a tail weight as in Hogg 1974; 1.9 for normal
/// noise, 2.4 for Laplace's, where both tests do alike). It depends on the sizes only.
bool signs_say_more(const std::vector<double>& differences, double shift);

/// The median, and an interval that misses the true one with probability `alpha`: the order statistics
/// [x_(r), x_(n+1-r)], r the largest with P(B <= r - 1) <= alpha/2 for B ~ Bin(n, 1/2), exact (David and
/// Nagaraja, Order Statistics, section 7.1). With fewer than runs_for_median(alpha) values it is unbounded. A
/// value may be infinite (a run stopped at the cap counts as longer than all others); an infinite bound is
/// none. Needs a value.
Interval median_interval(std::vector<double> values, double alpha);

/// The smallest number of values that bound a median: 2^(1-n) <= alpha.
int runs_for_median(double alpha);

/// successes/total, and the interval of Clopper and Pearson (1934) for the probability of a success, which
/// is wrong with probability `alpha` at most. Needs total > 0.
Interval proportion_interval(std::int64_t successes, std::int64_t total, double alpha);

/// z with P(Z > z) = tail for a standard normal Z, 0 < tail <= 0.5.
double normal_quantile_above(double tail);

/// t with P(T > t) = tail for Student's T with this many degrees of freedom.
double student_quantile_above(double freedom, double tail);

}  // namespace pgo_orch::measure
