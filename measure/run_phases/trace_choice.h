#pragma once
// Which of several traced runs of a program tell what it takes.

#include <vector>

#include "measure/timer/tracer.h"

namespace pgo_orch::measure {

/// So many undisturbed runs are enough to do without the others.
inline constexpr std::size_t enough_undisturbed = 5;

/// The largest group of runs that passed the same landmarks and ended alike: others can't be put together.
std::vector<const Trace*> most_common_way(const std::vector<Trace>& traces);

/// Those that took at most half as long again as the shortest one. A program that is stopped waits for its
/// turn each time, so that a busy machine stretches traced runs more than others, and by leaps.
std::vector<const Trace*> undisturbed(const std::vector<const Trace*>& traces);

/// Whether most are disturbed, or too few are not.
bool is_busy(const std::vector<Trace>& traces);

}  // namespace pgo_orch::measure
