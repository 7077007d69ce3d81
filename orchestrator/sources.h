#pragma once
// Everything that must lie in the state folder before cargo can run: generated files, copies, shadows,
// patches, and the crates, downloaded before anything is timed.

#include "orchestrator/planner.h"
#include "orchestrator/step_result.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

/// Once a run: the shadow of the workspace, if there is one; the lock file of a source project; `cargo
/// fetch`.
StepResult prepare_project(const Planner& planner, const std::string& target, toolchains::Runner& runner);

/// Once a variant: its files, copies and patch. What is unchanged is not touched, so that cargo finds it
/// fresh.
StepResult prepare_variant(const VariantPlan& plan, const Planner& planner, toolchains::Runner& runner);

}  // namespace pgo_orch::orchestrator
