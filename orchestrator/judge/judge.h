#pragma once
// Goals met or missed, decisions taken: on intervals, from what was measured.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/judge/evidence.h"

namespace pgo_orch::orchestrator {

/// Answers to the questions of pgo.toml: a part of the results.
struct Judged {
  std::vector<report::GoalResult> goals;
  std::vector<report::DecisionResult> decisions;
  std::vector<report::Amdahl> amdahl;
};

/// From all the rest of the results. `claim`: that of the run (claim_of); every interval here is one
/// of its claims.
Judged judge(const Config& config, const measure::Claim& claim, const report::Results& results);

/// Whether an answer needs the phases of the baseline's build: a goal or decision on one of them or on build
/// time, or a group of functions of the build. (Conditions are the variants'.)
bool asks_for_build_phases(const Config& config);

/// Whether a goal or decision is about a phase of this variant's runs, or compares one with it.
bool asks_for_run_phases_of(const Config& config, const std::string& variant);

/// Whether any goal was missed; an open one was not.
bool missed_a_goal(const report::Results& results);

/// Amdahl's law: what speeding up each phase would save. For each run and build whose phases are known: its
/// phases, the most valuable first. For each goal on run time or on a full build: the cut of each phase alone
/// that reaches it, the smallest first, with the statement about the goal in the first row. The phases are
/// those of the variant that was judged, else the baseline's, starting from its median time.
std::vector<report::Amdahl> judge_amdahl(const Evidence& evidence,
                                         const std::vector<report::GoalResult>& goals);

// ---- conditions on the baseline's phases that a variant must pass to be built (conditions.cpp) ----

/// The baseline's phases, as far as they were measured.
struct ConditionEvidence {
  const report::Phases& phases;
  const std::vector<report::GroupShares>& groups;
  std::string baseline;
  std::vector<std::string> workloads;  ///< names; a condition without a workload is about the only one
};

/// Compares a single figure, which is a median where there were several runs; if their interval (of order
/// statistics, 95 %) includes the limit, the reason says so. `phase` may be a phase, a part of one, or a
/// [[phase]] group. A figure that is not known leaves the condition unmet, with the reason.
report::ConditionResult evaluate(const OwnedCondition& owned, const ConditionEvidence& evidence);

/// The condition that decides about the variant at `index`: the first unmet one, its own first, else the last
/// one. No value: it has none.
std::optional<report::ConditionResult> condition_of(const Variants& variants, std::size_t index,
                                                    const ConditionEvidence& evidence);

}  // namespace pgo_orch::orchestrator
