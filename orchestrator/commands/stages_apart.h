#pragma once
// `pgo-orch run --stage instrument` and `--stage train`; optimizing is a run with the archive's profiles.

#include "orchestrator/commands/run_options.h"

namespace pgo_orch::orchestrator {

/// Writes the archive, and says on standard output what is in it. They return the exit code.
int instrument_apart(const RunOptions& options);
int train_apart(const RunOptions& options);

}  // namespace pgo_orch::orchestrator
