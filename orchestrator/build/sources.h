#pragma once
// Everything that must lie in the state folder before cargo can run: generated files, copies, shadows,
// patches, and the crates, downloaded before anything is timed.

#include "orchestrator/build/step_result.h"
#include "orchestrator/plan/planner.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

/// Once a run: the shadow of the workspace, if there is one; the lock file of a source project; `cargo
/// fetch`.
StepResult prepare_project(const Planner& planner, const std::string& target, toolchains::Runner& runner);

/// Once a variant: its files, copies and patch. What is unchanged is not touched, so that cargo finds it
/// fresh.
StepResult prepare_variant(const VariantPlan& plan, const Planner& planner, toolchains::Runner& runner);

/// A copy of what a variant is built from.
struct SourceCopy {
  std::filesystem::path cwd;     ///< where cargo runs
  std::filesystem::path edited;  ///< the copy of the asked-for file; empty: it is not one of the variant's
};

/// Copies all sources of a variant that has been prepared, its patch applied, below `to`; what is there from
/// before is brought up to date. `file`: one of the user's.
SourceCopy copy_sources(const VariantPlan& plan, const Planner& planner, const std::filesystem::path& file,
                        const std::filesystem::path& to);

}  // namespace pgo_orch::orchestrator
