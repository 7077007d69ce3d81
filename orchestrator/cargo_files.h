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

/// This process's environment.
profiles::Environment current_environment();

}  // namespace pgo_orch::orchestrator
