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
/// nowhere else, no wrappers, no stray profile or job-server variables, plain
/// output. The variant's own `env` comes last. A config's rustc-wrapper survives unsetting the variable; a
/// blank one disables it. What it sets is seen by build scripts, and a cargo that one runs: nothing of it may
/// lead that one to our folders (see `build_folder`).
toolchains::EnvironmentChanges build_environment(const Settings& settings, const std::vector<Flag>& flags,
                                                 const UserConfig& user);

/// What `--config` is given so that intermediates go to the target folder, whatever the user's configuration
/// says. Not by a variable: a cargo that a build script runs would wait for the folder's lock, for ever.
std::string build_folder(const std::filesystem::path& target_dir);

/// The compilers of C and C++ that the cc crate may call, each with its words: those that the variables name,
/// and `cc` and `c++` where CC and CXX name none.
std::vector<std::string> c_compilers(const Environment& environment);

/// The cc crate turns rustc's profile flags into clang's. C is kept out of profiles: another clang's format
/// is not rustc's. Flags to add to those that the variables have for C and C++, in every variable that
/// counts.
toolchains::EnvironmentChanges without_profiles_of_c(const Environment& environment);

/// Of `changes`, what the user's [env] would force back: only a nearer config file can win over that.
std::map<std::string, std::string> forced_by_user(const toolchains::EnvironmentChanges& changes,
                                                  const UserConfig& user);

/// Differences for running a program that was built: no profile is written unless it is training.
toolchains::EnvironmentChanges run_environment(const std::map<std::string, std::string>& variant_env,
                                               const std::map<std::string, std::string>& workload_env);

}  // namespace pgo_orch::profiles
