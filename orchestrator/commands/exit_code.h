#pragma once
// How a run ends for the one who started it.

#include "orchestrator/commands/run.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Failed: a variant failed or printed something wrong, or a goal was missed (unless that is forgiven). Tool:
/// the baseline, or a variant that was asked for by its name, was skipped, or all others were. Variants
/// behind a closed gate are well.
int exit_code(const report::Results& results, const RunOptions& options);

/// An error on standard error. A configuration has one line for each of its errors; what tools say goes on in
/// the lines below the first.
void print_error(const std::string& text);

}  // namespace pgo_orch::orchestrator
