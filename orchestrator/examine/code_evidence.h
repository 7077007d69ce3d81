#pragma once
// [[inspect]]: what became of functions in each variant, and how often its workloads allocate.

#include "orchestrator/examine/run_phases.h"

namespace pgo_orch::orchestrator {

/// Evidence about the code of all variants that are ok, into `inspected` and `allocations`. Notes and
/// reasons tell what could not be examined.
void gather_evidence(const std::vector<VariantPlan>& plans, const std::vector<report::VariantResult>& rows,
                     const std::vector<Workload>& workloads, const Workshop& workshop, Findings& findings);

}  // namespace pgo_orch::orchestrator
