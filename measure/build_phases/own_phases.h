#pragma once
// The phases of a build command that reports them itself: it appends lines of JSON to the file that the
// environment variable PGO_ORCH_PHASES names:
//   {"phase": "parse", "seconds": 0.012}
//   {"phase": "parse", "start_ns": 23757708612045, "end_ns": 23757720612045}
// in CLOCK_MONOTONIC, as the build's own times.
// A name may come several times. With a start and an end, what of a phase was spent waiting for rustc or a
// linker is not counted to it; of seconds it is not known.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "toolchains/units.h"

namespace pgo_orch::measure {

struct OwnPhase {
  std::string name;
  Nanoseconds time{};
  std::optional<Nanoseconds> start;  ///< its end is start + time
};

/// Throws Error that names the file and the line if one is none of the above.
std::vector<OwnPhase> parse_own_phases(std::string_view text, const std::string& file);

}  // namespace pgo_orch::measure
