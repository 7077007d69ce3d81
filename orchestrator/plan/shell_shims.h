#pragma once
// Part of the plan's shell script: small scripts that replace the shims of a project with a build command.

#include <string>

#include "orchestrator/plan/shell_places.h"
#include "pgo/step.h"

namespace pgo_orch::orchestrator {

/// A script instead of each shim: it calls the next tool of its name on the PATH, with the flags, except
/// those that the command has as words.
std::string write_shims(const pgo::CommandStep& step, const ShellPlaces& at);

}  // namespace pgo_orch::orchestrator
