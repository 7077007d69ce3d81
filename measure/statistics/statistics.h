#pragma once
// Descriptive statistics. Pure functions; each wants at least one value unless it says otherwise.

#include <vector>

namespace pgo_orch::measure {

/// The middle value, or the mean of the two middle ones.
double median(std::vector<double> values);

double mean(const std::vector<double>& values);

/// Of the sample: divided by n - 1. Zero for a single value.
double standard_deviation(const std::vector<double>& values);

/// Median of |x - median(x)|. Times 1.4826 it estimates the sigma of normal data (Hampel 1974).
double median_absolute_deviation(const std::vector<double>& values);

/// Whether the values fall into two groups: split where the sum of squares within both is least, each has a
/// fifth of the values at least, and Ashman's D = sqrt(2) |m1 - m2| / sqrt(s1^2 + s2^2) is over 4 (Ashman,
/// Bird and Zepf 1994 call groups separate over 2; the best split of one normal group comes near 3). False
/// for fewer than 20 values.
bool is_bimodal(std::vector<double> values);

/// z with P(Z > z) = tail for a standard normal Z, 0 < tail <= 0.5; found by bisection on erfc.
double normal_quantile_above(double tail);

/// Medians of consecutive groups of nearly equal size, so that at most `at_most` values are left; the values
/// themselves if they are no more. Medians rather than means: a spike then moves nothing.
std::vector<double> group_medians(const std::vector<double>& values, std::size_t at_most);

}  // namespace pgo_orch::measure
