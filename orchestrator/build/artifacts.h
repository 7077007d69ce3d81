#pragma once
// Executables of a build, as results describe them.

#include <filesystem>
#include <string>
#include <vector>

#include "report/results.h"

namespace pgo_orch::orchestrator {

/// The programs of these names in a folder, with the shared libraries beside them.
std::vector<report::Artifact> artifacts_in(const std::filesystem::path& folder,
                                           const std::vector<std::string>& programs);

}  // namespace pgo_orch::orchestrator
