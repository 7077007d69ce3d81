#pragma once
// Which file a program's name means, as execvp would decide it.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "toolchains/command.h"

namespace pgo_orch::toolchains {

/// The value that a variable has for a child with these changes; nothing if it is not set.
std::optional<std::string> variable(const std::string& name, const EnvironmentChanges& changes = {});

/// The folders of a PATH value, in order. An empty entry is the current folder, as for execvp.
std::vector<std::filesystem::path> split_path(const std::string& path);

/// True for a regular file that we may execute.
bool is_executable(const std::filesystem::path& file);

/// All executables called `name` on PATH, the first one first; relative folders count from `cwd`.
std::vector<std::filesystem::path> all_on_path(const std::string& name,
                                               const EnvironmentChanges& changes = {},
                                               const std::filesystem::path& cwd = {});

/// The file that argv[0] == `name` would start: itself if it has a slash (relative to `cwd`), else the
/// first on PATH.
std::optional<std::filesystem::path> find_executable(const std::string& name,
                                                     const EnvironmentChanges& changes = {},
                                                     const std::filesystem::path& cwd = {});

}  // namespace pgo_orch::toolchains
