#pragma once
// Parts of the plan's shell script about profiles.

#include <string>

#include "orchestrator/plan/shell_places.h"
#include "pgo/step.h"

namespace pgo_orch::orchestrator {

/// Before a build with a saved profile: what gives each crate the names that it had in training; else "".
/// The versions of packages are those of now: with another Cargo.lock it is another script.
std::string pin_names(const pgo::BuildStep& step, const ShellPlaces& at);

/// What each workload counted in all, as total_0 and so on, and the most of it.
std::string count_inputs(const pgo::MergeStep& step, const ShellPlaces& at);

}  // namespace pgo_orch::orchestrator
