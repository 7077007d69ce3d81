#pragma once
// What a person wants to know of a release that was made.

#include <filesystem>
#include <string>

#include "orchestrator/release/manifest.h"

namespace pgo_orch::orchestrator {

/// Lines for standard output.
std::string summary_of(const Manifest& manifest, const std::filesystem::path& folder);

}  // namespace pgo_orch::orchestrator
