#pragma once
// Executes a build step: cargo, what it said against the plan, and the executables copied out.

#include "orchestrator/build_times.h"
#include "orchestrator/step_result.h"
#include "pgo/step.h"
#include "pgo/units.h"

namespace pgo_orch::orchestrator {

struct BuildOptions {
  int runs = 1;         ///< clean builds to time
  bool shared = false;  ///< other variants are built at the same time
};

struct StageBuild {
  StageTimes times;  ///< of clean builds; without runs: none was ever timed
  int profile_warnings = 0;
};

/// Builds, and times clean builds: those in which cargo found no unit fresh. What is fresh already keeps its
/// times.
StepResult execute(const pgo::BuildStep& step, const BuildOptions& options, toolchains::Runner& runner,
                   StageBuild& built);

}  // namespace pgo_orch::orchestrator
