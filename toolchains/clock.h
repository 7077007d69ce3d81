#pragma once
// The time of day.

#include <string>

namespace pgo_orch::toolchains {

/// Now, as ISO 8601 in UTC.
std::string timestamp();

}  // namespace pgo_orch::toolchains
