#pragma once
// What a run does beside building the variants: decided here for `run`, and said by `plan`.

#include <string>
#include <vector>

#include "orchestrator/examine/examine.h"
#include "orchestrator/plan/planner.h"

namespace pgo_orch::orchestrator {

/// Whether any of the variants is built only on a condition on phases of runs, or of builds.
bool has_condition_on(const Config& config, const std::vector<std::size_t>& variants, PhaseOf of);

/// Of a run that compares. `whole`: it measures, and not quickly.
ExamineOptions examine_options(const Config& config, const std::vector<std::size_t>& variants, bool whole);

/// Whether the runs of this program are traced beside the baseline's: references, and what goals on phases
/// name. (The winner's are, too.)
bool is_traced(const Config& config, const Entrant& entrant);

/// A thing that a run does.
struct OutlineEntry {
  std::string what;  ///< "check", "measure", ...
  std::string text;
};

/// What comes behind the variants: references, checks, timing and what is looked into.
std::vector<OutlineEntry> outline_of(const Planner& planner, const std::vector<std::size_t>& variants);

}  // namespace pgo_orch::orchestrator
