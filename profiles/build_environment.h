#pragma once
// The environment that cargo is given: what the user wishes stays, what would falsify a comparison goes.

#include <filesystem>
#include <string>
#include <vector>

#include "profiles/flags.h"
#include "profiles/settings.h"
#include "profiles/user_config.h"
#include "toolchains/command.h"

namespace pgo_orch::profiles {

/// Differences from the user's environment for one cargo build: the flags in CARGO_ENCODED_RUSTFLAGS and
/// nowhere else, intermediates in `target_dir`, no wrappers, no stray profile or job-server variables, plain
/// output. The variant's own `env` comes last. A config's rustc-wrapper survives unsetting the variable; a
/// blank one disables it.
toolchains::EnvironmentChanges build_environment(const Settings& settings, const std::vector<Flag>& flags,
                                                 const UserConfig& user,
                                                 const std::filesystem::path& target_dir);

/// Differences for running a program that was built: no profile is written unless it is training.
toolchains::EnvironmentChanges run_environment(const std::map<std::string, std::string>& variant_env,
                                               const std::map<std::string, std::string>& workload_env);

}  // namespace pgo_orch::profiles
