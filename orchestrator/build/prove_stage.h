#pragma once
// Executes the proof of a feedback build, and strips what was kept for it.

#include "orchestrator/build/step_result.h"
#include "pgo/step.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Fails a variant whose stages differ, or whose functions found less than the asked-for share of their
/// profile. Remarks on a profile that is not of Rust alone.
StepResult execute(const pgo::ProveStep& step, toolchains::Runner& runner, report::PgoResult& pgo);

/// What `llvm-profdata show --all-functions --counts` prints of a profile; `more`: options of it.
StepResult show_profile(const pgo::ProveStep& step, const std::filesystem::path& profile,
                        toolchains::Runner& runner, std::string& shown,
                        const std::vector<std::string>& more = {});

/// Strips as the profile asks for, into the folder of results. `instead`: what is to be said if the step's
/// tool cannot do it, and the machine's own `strip` can. (llvm-strip 22 refuses static programs without PIE
/// that GNU ld linked.)
StepResult execute(const pgo::StripStep& step, toolchains::Runner& runner, std::string& instead);

}  // namespace pgo_orch::orchestrator
