#pragma once
// Executes a build step: cargo, what it said against the plan, and the executables copied out.

#include "orchestrator/build/step_result.h"
#include "orchestrator/store/build_times.h"
#include "pgo/step.h"
#include "pgo/units.h"

namespace pgo_orch::orchestrator {

struct StageBuild {
  StageTimes times;  ///< of clean builds; without runs: none was ever timed
  int profile_warnings = 0;
};

/// What a build's time belongs to: its command with its environment and configuration. Another one's is
/// another build.
std::string times_key(const pgo::BuildStep& step);

/// Builds, and times clean builds: those in which cargo found no unit fresh. What is fresh already keeps its
/// times. `shared`: other variants are built at the same time.
StepResult execute(const pgo::BuildStep& step, bool shared, toolchains::Runner& runner, StageBuild& built);

struct Again {
  StageRun took;
  bool all_fresh = false;  ///< cargo found nothing to do
};

/// Once more, on what is there; the executables are left as they are.
StepResult build_again(const pgo::BuildStep& step, toolchains::Runner& runner, Again& again);

/// The step's command, building elsewhere.
toolchains::Command in_target_folder(const pgo::BuildStep& step, const std::filesystem::path& target_dir);

/// Once more, from nothing; the executables are left as they are.
StepResult rebuild(const pgo::BuildStep& step, toolchains::Runner& runner, StageRun& took);

}  // namespace pgo_orch::orchestrator
