#pragma once
// The units of a build, and their names.

#include <optional>
#include <string>
#include <vector>

#include "measure/build_phases/events.h"

namespace pgo_orch::measure {

/// Whether the event compiles part of the build (and is not a build script's test of the compiler).
bool is_unit(const BuildEvent& event);

/// "lib", "proc-macro", "bin", "build script", "test", ...; "c" or "c++" by the compiler's name.
std::string kind_of_unit(const BuildEvent& event);

/// The crate, or the name of the source file.
std::string name_of_unit(const BuildEvent& event);

/// As CompiledUnit's.
std::string shown_name(const std::string& name, const std::string& kind);
inline std::string shown_name(const BuildEvent& event) {
  return shown_name(name_of_unit(event), kind_of_unit(event));
}

/// For each event its shown name; units of one name and version are distinguished by what they are ("a
/// (lib)", "a (bin)"), or by what they are for ("a (host)", "a (target)").
std::vector<std::string> shown_names(const std::vector<BuildEvent>& events);

/// For each event its unit in cargo's report; null: none. Several of the same name (built for the host and
/// for a target) are matched in the order of their starts.
using CargoUnits = std::vector<const CargoUnit*>;
CargoUnits units_of_events(const std::vector<CargoUnit>& timings, const std::vector<BuildEvent>& events);

/// When cargo began, on the build's clock: the median over the units in both records. None: there are none.
std::optional<Nanoseconds> begin_of_cargo(const CargoUnits& units, const std::vector<BuildEvent>& events);

}  // namespace pgo_orch::measure
