#pragma once
// The critical path of a build.

#include <optional>
#include <vector>

#include "measure/build_phases/build_phases.h"
#include "measure/build_phases/units.h"

namespace pgo_orch::measure {

/// Both records of a build; `units`: which of cargo's is which event's.
struct BuildRecords {
  const std::vector<BuildEvent>& events;
  const std::vector<CargoUnit>& timings;
  const CargoUnits& units;
  std::optional<Nanoseconds> begin;  ///< of cargo; none: runs of build scripts are not known
};

/// As BuildPhases's. A library is ready for another when its metadata is, where that is known (from a pass,
/// or cargo's report); a unit that links waits for the end of everything it consists of, direct or not. What
/// the compilers that a command calls need is not known: each is taken to wait for the one that ended last
/// before.
std::vector<CompiledUnit> critical_path_of(const BuildRecords& records, const BuildInterval& interval);

}  // namespace pgo_orch::measure
