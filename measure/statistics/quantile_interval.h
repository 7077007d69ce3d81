#pragma once
// Intervals that suppose nothing of the shape of the noise, only that the values are independent of each
// other.

#include <cstdint>
#include <vector>

#include "measure/statistics/signed_rank.h"

namespace pgo_orch::measure {

/// The median, and an interval that holds the true one but with probability `alpha`: the order statistics
/// [x_(r), x_(n+1-r)], r the largest with P(B <= r - 1) <= alpha/2 for B ~ Bin(n, 1/2), exact (David and
/// Nagaraja, Order Statistics, section 7.1). Of fewer than runs_for_median(alpha) values it is unbounded. A
/// value may be infinite (a run that was stopped at the cap counts as longer than all): a bound that would be
/// is none. Needs a value.
Interval median_interval(std::vector<double> values, double alpha);

/// The least number of values that bound a median: 2^(1-n) <= alpha.
int runs_for_median(double alpha);

/// successes/total, and the interval of Clopper and Pearson (1934) for the probability of a success, which
/// errs with probability `alpha` at most. Needs total > 0.
Interval proportion_interval(std::int64_t successes, std::int64_t total, double alpha);

}  // namespace pgo_orch::measure
