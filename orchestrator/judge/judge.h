#pragma once
// Goals met or missed, decisions taken: on intervals, from what was measured.

#include <vector>

#include "orchestrator/judge/evidence.h"

namespace pgo_orch::orchestrator {

/// Answers to the questions of pgo.toml: a part of the results.
struct Judged {
  std::vector<report::GoalResult> goals;
  std::vector<report::DecisionResult> decisions;
  std::vector<report::Amdahl> amdahl;
};

/// From all the rest of the results. `claim`: that of the run (claim_of); every interval here is one of its
/// claims.
Judged judge(const Config& config, const measure::Claim& claim, const report::Results& results);

/// Whether any goal was missed; an open one was not.
bool missed_a_goal(const report::Results& results);

/// Amdahl's law: what a cut of each phase is worth. For each run and build whose phases are known: its
/// phases, the most valuable first. For each goal on run time or on a full build: the cut of each phase alone
/// that reaches it, the smallest first, with the statement about the goal in the first row. The phases are
/// those of the variant that was judged, else the baseline's, starting from its median time.
std::vector<report::Amdahl> judge_amdahl(const Evidence& evidence,
                                         const std::vector<report::GoalResult>& goals);

}  // namespace pgo_orch::orchestrator
