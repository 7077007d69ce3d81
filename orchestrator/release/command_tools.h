#pragma once
// What a build command called: of a project that is not built by cargo, no plan says it.

#include <map>
#include <string>

#include "orchestrator/plan/planner.h"
#include "orchestrator/release/manifest.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::orchestrator {

/// In place of cargo, rustc and their flags: the tools that the last stage of the command called by the PATH,
/// with what they say of their version, and the flags that they were given beside the command's own. Nothing
/// changes for a plan without a build command.
void note_called_tools(const VariantPlan& plan, toolchains::Runner& runner, Manifest& manifest);

}  // namespace pgo_orch::orchestrator
