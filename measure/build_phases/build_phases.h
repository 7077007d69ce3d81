#pragma once
// Where the time of a build goes: phases that add up to its wall time, a table of crates, and the critical
// path.

#include <string>
#include <vector>

#include "measure/build_phases/events.h"
#include "measure/schema.h"

namespace pgo_orch::measure {

/// The build command as a whole.
struct BuildInterval {
  Nanoseconds start{};        ///< CLOCK_MONOTONIC, right before the command began
  Nanoseconds end{};          ///< when it ended
  int cores = 1;              ///< that it could use
  Nanoseconds cpu{};          ///< of the command and all its descendants; zero: sum up the events
  bool own_compiler = false;  ///< the command is not cargo: time without a known tool is its own
};

/// The time of one call of a compiler.
struct CrateTime {
  std::string name;           ///< the crate's, else the source file's
  std::string version;        ///< of its package; empty: unknown
  std::string kind;           ///< lib, proc-macro, bin, build script, test, c, c++, ...
  Nanoseconds wall{};         ///< from start to end, whatever else ran
  Nanoseconds cpu{};          ///< including its linker
  Bytes peak_rss;             ///< of the largest process
  Nanoseconds share{};        ///< its part of the build's wall time, shared with what ran at the same time
  std::vector<Phase> stages;  ///< of `wall`
};

/// A unit on the critical path.
struct CriticalStep {
  std::string name;
  std::string version;
  std::string kind;    ///< as CrateTime's; "build script run"
  Nanoseconds wall{};  ///< of the whole unit
  /// Since the step before was ready: for a free core, for cargo, or for something that is not watched.
  Nanoseconds waited{};
  /// From its start until the next step could begin. All `waited` and `on_path` add up to the time from the
  /// first start to the end.
  Nanoseconds on_path{};
};

struct BuildPhases {
  std::vector<Phase> phases;      ///< those that took time, in the order of a build; they add up to `wall`
  std::vector<CrateTime> crates;  ///< slowest first
  std::vector<CriticalStep> critical_path;  ///< in the order of time
  Nanoseconds wall{};
  Nanoseconds cpu{};
  double cpu_use = 0;      ///< cpu / (wall x cores)
  Nanoseconds wrappers{};  ///< the time that all shims added
  double own_share = 0;    ///< wrappers / wall
  std::string basis;       ///< where the times come from, in words
  std::vector<std::string> notes;
};

/// At each moment the wall time is shared equally among the running tools. `timings`: cargo's report of the
/// same build, for the runs of build scripts; `own`: the phases that the command reports itself.
BuildPhases build_phases_of(const std::vector<BuildEvent>& events, const BuildInterval& interval,
                            const std::vector<CargoUnit>& timings = {},
                            const std::vector<OwnPhase>& own = {});

}  // namespace pgo_orch::measure
