#pragma once
// [[inspect]]: what became of functions in each variant, and how often its workloads allocate.

#include "orchestrator/examine/run_phases.h"

namespace pgo_orch::orchestrator {

/// Evidence about the code of all variants that are ok: `inspected` and `allocations`. Notes and reasons tell
/// what could not be examined.
Findings gather_evidence(const Entrants& entrants, const Rows& rows, const std::vector<Workload>& workloads,
                         const Workshop& workshop);

}  // namespace pgo_orch::orchestrator
