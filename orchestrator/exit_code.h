#pragma once
// How a run ends for the one who started it.

#include "orchestrator/run.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Failed: a variant failed or printed something wrong, or a goal was missed (unless that is forgiven). Tool:
/// the baseline, or a variant that was asked for by its name, was skipped, or all others were. Variants
/// behind a closed gate are well.
int exit_code(const report::Results& results, const RunOptions& options);

}  // namespace pgo_orch::orchestrator
