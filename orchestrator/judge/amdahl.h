#pragma once
// Amdahl's law: what a cut of each phase is worth, and which cut would reach a goal.

#include <vector>

#include "orchestrator/judge/party.h"

namespace pgo_orch::orchestrator {

/// For each run and build whose phases are known: its phases, the one that is worth most first. For each goal
/// on run time or on a full build: the cut of each phase alone that reaches it, the smallest first, with the
/// sentence about the goal in the first row. The phases are those of the variant that was judged, else the
/// baseline's, starting from what that one takes by its median.
std::vector<report::Amdahl> judge_amdahl(const Evidence& evidence,
                                         const std::vector<report::GoalResult>& goals);

}  // namespace pgo_orch::orchestrator
