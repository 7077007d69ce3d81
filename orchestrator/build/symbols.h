#pragma once
// The symbols of programs that are stripped while they are linked, whatever flags say: by a build script's
// arguments of the linker.

#include <filesystem>

#include "pgo/step.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

/// The same code with its symbols, if there is such a file: `linked` itself, or what link_with_symbols made.
std::filesystem::path with_own_symbols(const std::filesystem::path& linked);

/// Where all programs of the build came out without symbols: builds once more, in a target folder of its own,
/// by a linker script that leaves out the arguments that strip. The programs are kept only if they are the
/// same code. Whether it was tried.
bool link_with_symbols(const pgo::BuildStep& step, toolchains::Runner& runner);

}  // namespace pgo_orch::orchestrator
