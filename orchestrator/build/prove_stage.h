#pragma once
// Executes the proof of a feedback build, and strips what was kept for it.

#include "orchestrator/build/step_result.h"
#include "pgo/step.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Fails a variant whose stages differ, or whose functions found less than the asked-for share of their
/// profile.
StepResult execute(const pgo::ProveStep& step, toolchains::Runner& runner, report::PgoResult& pgo);

/// Strips as the profile asks for, into the folder of results.
StepResult execute(const pgo::StripStep& step, toolchains::Runner& runner);

}  // namespace pgo_orch::orchestrator
