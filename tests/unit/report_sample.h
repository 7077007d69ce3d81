#pragma once
// One run in which everything happens that a report must be able to show.

#include "report/results.h"

namespace pgo_orch::report {

/// Two workloads; variants that are ok, equivalent, unresolved, identical, not portable, with PGO, failed,
/// wrong and skipped; names with pipes, commas, quotes and letters beyond ASCII.
Results sample_results();

/// The same with the first workload only.
Results sample_with_one_workload();

/// That with phases, goals, decisions, conditions, references and evidence about code.
Results sample_with_findings();

}  // namespace pgo_orch::report
