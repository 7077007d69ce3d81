#include "measure/statistics/quantile_interval.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstddef>
#include <optional>

#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {
namespace {

/// r, counted from 1; 0 if even the extremes are too close. P(B <= r - 1) grows with r: found by halving.
std::size_t rank_of_bound(std::size_t n, double tail) {
  const boost::math::binomial_distribution<double> heads(static_cast<double>(n), 0.5);
  std::size_t low = 0, high = n / 2;
  while (low < high) {
    const std::size_t r = low + (high - low + 1) / 2;
    if (boost::math::cdf(heads, static_cast<double>(r - 1)) <= tail)
      low = r;
    else
      high = r - 1;
  }
  return low;
}

std::optional<double> if_finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace

Interval median_interval(std::vector<double> values, double alpha) {
  Interval interval{median(values), std::nullopt, std::nullopt};
  const std::size_t r = rank_of_bound(values.size(), alpha / 2);
  if (r == 0) return interval;
  std::ranges::sort(values);
  interval.lo = if_finite(values[r - 1]);
  interval.hi = if_finite(values[values.size() - r]);
  return interval;
}

int runs_for_median(double alpha) {
  return std::max(1, static_cast<int>(std::ceil(1 - std::log2(alpha))));
}

Interval proportion_interval(std::int64_t successes, std::int64_t total, double alpha) {
  using Binomial = boost::math::binomial_distribution<double>;
  const auto n = static_cast<double>(total), k = static_cast<double>(successes);
  return {k / n, Binomial::find_lower_bound_on_p(n, k, alpha / 2),
          Binomial::find_upper_bound_on_p(n, k, alpha / 2)};
}

}  // namespace pgo_orch::measure
