#pragma once
// [[inspect]]: what became of functions in each variant, and how often its workloads allocate.

#include "orchestrator/examine/run_phases.h"

namespace pgo_orch::orchestrator {

/// A variant that was built, with the code of its programs.
struct Inspected {
  std::string variant;
  std::map<std::string, std::string> run_env;
  std::optional<std::string> identical_to;  ///< its evidence is that of this one
  bool own_source = false;                  ///< it has functions that the baseline has not
  VariantPlan plan;
};

/// Fills `inspected` and `allocations` of the results. What cannot be looked at is said in notes and reasons.
void gather_evidence(const std::vector<Inspected>& variants, const std::vector<Workload>& workloads,
                     const Workshop& workshop, report::Results& results);

}  // namespace pgo_orch::orchestrator
