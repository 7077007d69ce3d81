#pragma once
// Checks of [release] that need no build, so that mistakes are found before the first one.

#include <string>
#include <vector>

#include "orchestrator/plan/planner.h"

namespace pgo_orch::orchestrator {

/// Errors: an unknown placeholder, a command whose program is missing, a file outside of the release, a
/// missing tool. Returns warnings, a sentence each: the build may still make what they miss.
std::vector<std::string> demand_wishes(const Planner& planner);

}  // namespace pgo_orch::orchestrator
