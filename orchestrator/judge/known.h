#pragma once
// What is known of a figure, and what follows from it for others.

#include <optional>
#include <string>
#include <vector>

#include "measure/statistics/signed_rank.h"

namespace pgo_orch::orchestrator {

/// A figure (seconds, bytes, or a ratio) and an interval that holds the true one.
struct Known {
  std::optional<double> value;
  std::optional<double> lo;  ///< none: unbounded
  std::optional<double> hi;
  std::string reason;  ///< why there is no value, or no interval; or what makes it wider

  /// For planning: logarithms, one a round, whose centre is that of the value.
  std::vector<double> logs;
  double rounds_factor = 1;  ///< how many rounds it takes for one that the signed-rank test needs

  bool bounded() const { return lo && hi; }
};

Known unknown(std::string reason);

/// What is not subject to noise.
Known exactly(double value);

/// The interval, stretched to hold the value: what is shown must not lie outside.
Known known_within(std::optional<double> value, const measure::Interval& interval);

struct Weighted {
  double weight = 1;
  Known known;
};

/// Each bound of these is of the worst case, so they hold if all the intervals that they are made of do.
/// What is missing in one is missing in the result, whose reason is the first there is.
Known weighted_sum(const std::vector<Weighted>& parts);
Known largest(const std::vector<Known>& parts);
Known product(const Known& a, const Known& b);   ///< of what is not negative
Known quotient(const Known& a, const Known& b);  ///< likewise

}  // namespace pgo_orch::orchestrator
