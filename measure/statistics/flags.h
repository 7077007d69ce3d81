#pragma once
// What makes a claim about wall time less certain than its interval says.

#include <vector>

#include "measure/statistics/verdict.h"

namespace pgo_orch::measure {

/// For a comparison that claims faster or slower, else none:
/// cpu_differs: the interval of CPU time lies wholly on the other side of the wall time's, or claims the
/// opposite; mean_differs: the ratio of the means says the opposite, by more than the precision; bimodal:
/// the times of either program fall into two groups (is_bimodal).
std::vector<Flag> flags_of(const Series& baseline, const Series& variant, const Comparison& wall,
                           const Claim& claim);

}  // namespace pgo_orch::measure
