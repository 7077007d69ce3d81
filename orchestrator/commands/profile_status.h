#pragma once
// How much of a saved profile still fits today's sources.

#include <filesystem>

#include "orchestrator/commands/command.h"

namespace pgo_orch::orchestrator {

/// `project`: pgo.toml. The exit code: 1 if less fits than retrain-below asks for.
int profile_status(const Arguments& given, const std::filesystem::path& project);

}  // namespace pgo_orch::orchestrator
