#pragma once
// Regular expressions of the configuration.

#include <string>

namespace pgo_orch::orchestrator {

/// What is wrong with the pattern as an ECMAScript regular expression; "" if nothing is.
std::string regex_error(const std::string& pattern);

}  // namespace pgo_orch::orchestrator
