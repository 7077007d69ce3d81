#pragma once
// The config files that cargo reads when it runs in a folder.

#include <filesystem>
#include <vector>

#include "profiles/user_config.h"

namespace pgo_orch::orchestrator {

/// Farthest first: CARGO_HOME's, then from the root of the file system down to `folder`. Of `config` and
/// `config.toml` in one .cargo folder cargo reads the former. A file that includes others stands behind them.
std::vector<profiles::ConfigFile> find_cargo_configs(const std::filesystem::path& folder,
                                                     const profiles::Environment& environment);

/// What `--config` in cargo's arguments says, as cargo takes it: a file, relative to `folder`, or TOML. In
/// their order; all of them go before any file that cargo finds by itself.
std::vector<profiles::ConfigFile> configs_in_arguments(const std::vector<std::string>& cargo_args,
                                                       const std::filesystem::path& folder);

/// This process's environment.
profiles::Environment current_environment();

}  // namespace pgo_orch::orchestrator
