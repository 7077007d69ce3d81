#pragma once
// Wall time, shared equally among all that run at each moment.

#include <vector>

#include "measure/build_phases/stages.h"

namespace pgo_orch::measure {

/// How an interval was shared.
struct SharedTime {
  std::vector<Nanoseconds> shares;  ///< of each stretch; with the lengths of `idle` exactly the interval
  std::vector<Span> idle;           ///< when nothing ran, in order
};

/// What of the stretches lies outside of the interval does not count.
SharedTime share_of_time(const std::vector<Stretch>& stretches, const Span& interval);

}  // namespace pgo_orch::measure
