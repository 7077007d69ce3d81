#pragma once
// The user's own commands around builds and runs: project.prepare, workload.setup, workload.prepare.

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/build/step_result.h"
#include "orchestrator/plan/planner.h"
#include "pgo/workload.h"

namespace pgo_orch::orchestrator {

/// Before each run of a workload, outside the timed part. Each command may take as long as a run. {exe} is
/// replaced (with_executable).
StepResult run_prepare(const Workload& workload, toolchains::Runner& runner,
                       const std::filesystem::path& log);

/// Once, before cargo is asked about the project: they may write its sources, or its manifest. Throws Error
/// if one fails.
void run_project_prepare(const Config& config, const Layout& layout, toolchains::Runner& runner);

/// Once, before the baseline is built: each workload's setup.
StepResult run_setup(const Planner& planner, toolchains::Runner& runner);

}  // namespace pgo_orch::orchestrator
