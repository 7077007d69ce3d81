#pragma once
// How long clean builds of both versions take.

#include "orchestrator/gate/rounds.h"

namespace pgo_orch::orchestrator {

/// Builds both again from nothing, in rounds, and the old version twice in each: as many as [build] `runs`
/// says, else five. What trains is built; training itself is not timed. Throws Error if a build fails.
measure::Measured time_builds_of_both(const BothBuilt& both, std::uint64_t seed, const GateWork& work);

}  // namespace pgo_orch::orchestrator
