#pragma once
// How a run ends for the shell.

#include "orchestrator/commands/run.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Failed: a variant failed or printed wrong output, or a goal was missed (unless --no-fail-on-goals). Tool:
/// the baseline was skipped, or a variant that was asked for by its name, or all the others. A closed gate is
/// not a failure.
int exit_code(const report::Results& results, const RunOptions& options);

}  // namespace pgo_orch::orchestrator
