#pragma once
// The user's own commands around builds and runs: project.prepare, workload.setup, workload.prepare.

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/planner.h"
#include "orchestrator/step_result.h"
#include "pgo/workload.h"

namespace pgo_orch::orchestrator {

/// Before each run of a workload, outside the timed part. `{exe}` has no meaning in it.
StepResult run_prepare(const Workload& workload, toolchains::Runner& runner,
                       const std::filesystem::path& log);

/// Once a run: the project's commands, then each workload's setup.
StepResult run_setup(const Planner& planner, toolchains::Runner& runner);

}  // namespace pgo_orch::orchestrator
