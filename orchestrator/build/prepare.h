#pragma once
// The user's own commands around builds and runs: project.prepare, workload.setup, workload.prepare.

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/build/step_result.h"
#include "orchestrator/plan/planner.h"
#include "pgo/workload.h"

namespace pgo_orch::orchestrator {

/// What is run before each run of `executable` on a workload, outside the timed part: in the same world,
/// since it may run the executable too. Each command may take as long as a run.
std::vector<toolchains::Command> prepare_commands(const Workload& workload,
                                                  const std::filesystem::path& executable);

/// Runs them. `more`: what else they see.
StepResult run_prepare(const Workload& workload, const std::filesystem::path& executable,
                       toolchains::Runner& runner, const std::filesystem::path& log,
                       const toolchains::EnvironmentChanges& more = {});

/// Once, before cargo is asked about the project: they may write its sources, or its manifest. Throws Error
/// if one fails.
void run_project_prepare(const Config& config, const Layout& layout, toolchains::Runner& runner);

/// Once, before the baseline is built: each workload's setup.
StepResult run_setup(const Planner& planner, toolchains::Runner& runner);
StepResult run_setup(const std::vector<Workload>& workloads, const Config& config, const Layout& layout,
                     toolchains::Runner& runner);

}  // namespace pgo_orch::orchestrator
