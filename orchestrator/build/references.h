#pragma once
// Programs in other languages that do the same as the project's, or other builds of it: built and checked,
// for comparison. They are no variants: one that is missing, fails or prints something else is a row that
// says so.

#include <string>
#include <vector>

#include "measure/rounds/rounds.h"
#include "orchestrator/build/check.h"
#include "orchestrator/build/entrant.h"
#include "orchestrator/build/variant_build.h"
#include "orchestrator/plan/reference_command.h"
#include "orchestrator/store/build_times.h"

namespace pgo_orch::orchestrator {

/// From nothing: {output} is removed, {tmp} made empty. Fails if the command does, or if it leaves no
/// {output} that it names.
StepResult build_reference(const Reference& reference, const Planner& planner, toolchains::Runner& runner,
                           StageRun& took);

/// Builds and checks the references among the entrants, each a row. `resumed`: what this very run has built
/// before is not built again. A tool that is not on the PATH makes it `skipped`.
std::vector<report::ReferenceResult> prepare_references(const Entrants& entrants,
                                                        const std::vector<Workload>& workloads, bool resumed,
                                                        Checker& checker, const Workshop& workshop);

}  // namespace pgo_orch::orchestrator
