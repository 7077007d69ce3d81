#pragma once
// The time of day.

#include <cstdint>
#include <optional>
#include <string>

namespace pgo_orch::toolchains {

/// Now, or that many seconds after 1970, as ISO 8601 in UTC.
std::string timestamp(std::optional<std::int64_t> seconds = {});

}  // namespace pgo_orch::toolchains
