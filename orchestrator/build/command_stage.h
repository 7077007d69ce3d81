#pragma once
// Executes the project's own build command, with shims in front of the compilers that it calls.

#include "orchestrator/build/step_result.h"
#include "orchestrator/store/build_times.h"
#include "pgo/step.h"

namespace pgo_orch::orchestrator {

/// What a build's time belongs to: its command with its environment.
std::string times_key(const pgo::CommandStep& step);

/// Builds from nothing (what that is, is the command's business: its output and {tmp} are gone) and takes the
/// time. Fails, too, if the executable is not there afterwards, or if the variant's flags came to no
/// compiler.
StepResult execute(const pgo::CommandStep& step, bool shared, toolchains::Runner& runner, StageTimes& times);

/// What an earlier build left of this stage goes; its folders and shims are there.
void start_from_nothing(const pgo::CommandStep& step);

/// Once more; the program that was copied out is left as it is.
StepResult rebuild(const pgo::CommandStep& step, toolchains::Runner& runner, StageRun& took);

}  // namespace pgo_orch::orchestrator
