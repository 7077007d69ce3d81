#pragma once
// What [release] asks for, as far as it can be judged before anything is built.

#include <string>
#include <vector>

#include "orchestrator/plan/planner.h"

namespace pgo_orch::orchestrator {

/// Errors: a placeholder that means nothing, a program of a command that is not there, a file outside of the
/// release, a missing tool. What may still come by the build is returned, a sentence each.
std::vector<std::string> demand_wishes(const Planner& planner);

}  // namespace pgo_orch::orchestrator
