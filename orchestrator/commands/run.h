#pragma once
// `pgo-orch run`: from pgo.toml to the answer.

#include "orchestrator/commands/run_options.h"

namespace pgo_orch::orchestrator {

/// Results go to the run's folder and to standard output. Returns the exit code (exit_code.h).
int run(const RunOptions& options);

}  // namespace pgo_orch::orchestrator
