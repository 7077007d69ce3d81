#pragma once
// The history, for a program.

#include <string>
#include <vector>

#include "orchestrator/commands/history_series.h"

namespace pgo_orch::orchestrator {

/// `unread`: lines that were left out.
std::string to_json_text(const std::vector<Past>& pasts, int unread);

}  // namespace pgo_orch::orchestrator
