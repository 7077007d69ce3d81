#pragma once
// Numbers with a unit, as they stand in pgo.toml: "2.10ms", "20%", "4MiB".

#include <optional>
#include <string_view>

#include "orchestrator/config/questions.h"
#include "toolchains/units.h"

namespace pgo_orch::orchestrator {

/// Units ns, us, ms, s, m, h; nothing for anything else, for less than 0, and for more than the type holds
/// (292 years).
std::optional<Nanoseconds> parse_duration(std::string_view text);

/// "20%" is 0.2; nothing for anything else and outside 0..100.
std::optional<double> parse_percentage(std::string_view text);

/// Units B, KiB, MiB, GiB.
std::optional<Bytes> parse_size(std::string_view text);

/// Whichever of the three it is.
std::optional<Limit> parse_limit(std::string_view text);

}  // namespace pgo_orch::orchestrator
