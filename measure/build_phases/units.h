#pragma once
// The units of a build, and how they wait for each other.

#include <optional>
#include <string>
#include <vector>

#include "measure/build_phases/build_phases.h"
#include "measure/build_phases/events.h"
#include "measure/build_phases/stages.h"

namespace pgo_orch::measure {

/// Does the event compile something of the build's own (and not for a build script to try out)?
bool is_unit(const BuildEvent& event);

/// "lib", "proc-macro", "bin", "build script", "test", ...; "c" or "c++" by the compiler's name.
std::string kind_of_unit(const BuildEvent& event);

/// The crate, or the name of the source file.
std::string name_of_unit(const BuildEvent& event);

/// For each event the unit of cargo's report that it is; null: none. Where several have the same name (built
/// for the host and for a target) the first to start is the first to start.
using CargoUnits = std::vector<const CargoUnit*>;
CargoUnits units_of_events(const std::vector<CargoUnit>& timings, const std::vector<BuildEvent>& events);

/// When cargo began, on the build's clock: the median over the units that both know. None: no unit is known
/// to both.
std::optional<Nanoseconds> begin_of_cargo(const CargoUnits& units, const std::vector<BuildEvent>& events);

/// From the unit that ended last back, each time to what its start waited for: of its dependencies the one
/// that was ready last. A library is ready for another when its metadata is, where that is known (by a pass,
/// or cargo's report); what links waits for the whole of all that it is made of, direct or not.
std::vector<CriticalStep> critical_path_of(const std::vector<BuildEvent>& events,
                                           const std::vector<CargoUnit>& timings, const CargoUnits& units,
                                           std::optional<Nanoseconds> begin);

}  // namespace pgo_orch::measure
