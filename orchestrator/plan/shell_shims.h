#pragma once
// Inside the plan's shell script: what stands for the shims of a project that is built by a command.

#include <string>

#include "orchestrator/plan/shell_places.h"
#include "pgo/step.h"

namespace pgo_orch::orchestrator {

/// A script instead of each shim: it calls the next tool of its name on the PATH, with the flags, except
/// those that the command has as words.
std::string write_shims(const pgo::CommandStep& step, const ShellPlaces& at);

}  // namespace pgo_orch::orchestrator
