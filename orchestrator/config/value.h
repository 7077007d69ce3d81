#pragma once
// A value of pgo.toml after its type was checked and before it stands in a struct.

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "pgo/workload.h"
#include "profiles/settings.h"
#include "toolchains/units.h"

namespace pgo_orch::orchestrator {

using Strings = std::vector<std::string>;
using Commands = std::vector<Strings>;
using StringTable = std::map<std::string, std::string>;
using Packages = std::map<std::string, profiles::ProfileValues>;
using Feedback = std::optional<profiles::Pgo>;  ///< none: `pgo = false`

/// Paths are strings, already absolute; percentages are fractions; choices are in their canonical spelling.
using Value = std::variant<bool, int, double, std::string, Strings, Commands, StringTable, Nanoseconds,
                           Feedback, pgo::Expectation, Packages>;

/// What one table sets on top of what it inherits.
struct Overlay {
  profiles::Settings settings;
  Strings reset;  ///< keys whose inherited value is dropped first
  bool operator==(const Overlay&) const = default;
};

}  // namespace pgo_orch::orchestrator
