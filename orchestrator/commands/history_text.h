#pragma once
// The history, for a person.

#include <string>
#include <vector>

#include "orchestrator/commands/history_series.h"

namespace pgo_orch::orchestrator {

std::string to_text(const std::vector<Past>& pasts, bool color);

/// A block a number, the higher the larger; a space for none, and a bar before each place of `breaks`. At
/// most the last `most` numbers. Differences below `least` are no more than one block.
std::string sparkline(const std::vector<std::optional<double>>& numbers,
                      const std::vector<std::size_t>& breaks, double least, std::size_t most = 40);

}  // namespace pgo_orch::orchestrator
