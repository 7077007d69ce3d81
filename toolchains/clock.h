#pragma once
// The time of day.

#include <cstdint>
#include <optional>
#include <string>

namespace pgo_orch::toolchains {

/// Now, or that many seconds after 1970, as ISO 8601 in UTC.
std::string timestamp(std::optional<std::int64_t> seconds = {});

/// The seconds after 1970 of such a text; no value: it is none.
std::optional<std::int64_t> seconds_of(const std::string& timestamp);

}  // namespace pgo_orch::toolchains
