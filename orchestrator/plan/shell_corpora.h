#pragma once
// Corpora in a shell script: fetched, picked and copied as a run does it, without pgo-orch.

#include <string>

#include "orchestrator/plan/shell_places.h"

namespace pgo_orch::orchestrator {

/// Commands that make all corpora that workloads name. "": there are none.
std::string corpora_script(const Planner& planner, const ShellPlaces& at);

}  // namespace pgo_orch::orchestrator
