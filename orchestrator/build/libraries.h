#pragma once
// Shared libraries of a build: `cargo run` finds them where it built them. Here they lie in a folder beside
// the executables, so they can be copied, checked and timed with these.

#include <filesystem>
#include <vector>

#include "pgo/step.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

/// Copies the shared libraries that executables need, and that `cargo run` would find, to the folder beside
/// them: what build scripts made (`from`: where they say it is), crates of the kind dylib, rustc's own.
void collect_libraries(const pgo::BuildStep& step, const std::vector<std::filesystem::path>& from);

/// Copies the folder from beside some executables to beside others.
void hand_over_libraries(const std::filesystem::path& from, const std::filesystem::path& to);

/// The libraries beside executables in a folder.
std::vector<std::filesystem::path> libraries_beside(const std::filesystem::path& folder);

/// The command with a library path that leads to the libraries beside the executable first; as it is if there
/// are none.
toolchains::Command with_libraries(toolchains::Command command, const std::filesystem::path& executable);

}  // namespace pgo_orch::orchestrator
