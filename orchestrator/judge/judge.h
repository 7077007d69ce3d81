#pragma once
// Goals met or missed, decisions taken: on intervals, from what was measured.

#include "orchestrator/judge/party.h"

namespace pgo_orch::orchestrator {

/// Fills `goals`, `decisions` and `amdahl` of the results; needs all else of them. `claim`: that of the run
/// (claim_of), of which every interval here is one claim.
void judge(const Config& config, const measure::Claim& claim, report::Results& results);

/// Met: the whole interval is below the target. Missed: all of it is at the target or above. Else open.
report::GoalResult judge_goal(const Evidence& evidence, const Goal& goal);

/// A band's conclusion, if the whole interval lies in it; else "undecided".
report::DecisionResult take_decision(const Evidence& evidence, const Decision& decision);

/// Whether any goal was missed; an open one was not.
bool missed_a_goal(const report::Results& results);

}  // namespace pgo_orch::orchestrator
