#pragma once
// Descriptive statistics. Pure functions; each needs at least one value unless it says otherwise.

#include <optional>
#include <string>
#include <vector>

#include "measure/schema.h"

namespace pgo_orch::measure {

/// The middle value, or the mean of the two middle ones.
double median(std::vector<double> values);

double mean(const std::vector<double>& values);

/// Of the sample: divided by n - 1. Zero for a single value.
double standard_deviation(const std::vector<double>& values);

/// Median of |x - median(x)|. Times 1.4826 it estimates the sigma of normal data (Hampel 1974).
double median_absolute_deviation(const std::vector<double>& values);

/// Whether the values fall into two groups: split where the sum of squares within both is least, each group
/// has at least a fifth of the values, and Ashman's D = sqrt(2) |m1 - m2| / sqrt(s1^2 + s2^2) is over 4
/// (Ashman, Bird and Zepf 1994 call groups separate over 2; the best split of one normal group comes near 3).
/// False for fewer than 20 values.
bool is_bimodal(std::vector<double> values);

/// Medians of consecutive groups of nearly equal size, so that at most `at_most` values are left; the values
/// themselves if there are no more than that. Medians rather than means: a spike then changes nothing.
std::vector<double> group_medians(const std::vector<double>& values, std::size_t at_most);

/// A part of a run or of a build.
struct Part {
  std::string name;
  double share = 0;  ///< fraction of the whole
};

/// The reduction of one part alone, as a fraction of it, that brings the whole from `total` to `target`:
/// (total - target) / (share total) (Amdahl 1967). Over 1: that part alone is not enough. 0 if the target is
/// reached already; no value for a part that takes no time.
std::optional<double> needed_reduction(double total, double target, double share);

inline constexpr double dominant_in_a_run = 0.5;
inline constexpr double dominant_in_a_build = 0.4;

/// The largest phase, if its share is over `limit`.
std::optional<std::string> dominant(const std::vector<Phase>& phases, double limit);

/// Largest share first; equal ones keep their order.
std::vector<Part> by_share(std::vector<Part> parts);

}  // namespace pgo_orch::measure
