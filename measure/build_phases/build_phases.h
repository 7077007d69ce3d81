#pragma once
// Where the time of a build goes: phases that add up to its wall time, a table of crates, and the chain of
// units that it had to wait for.

#include <string>
#include <vector>

#include "measure/build_phases/cargo_timings.h"
#include "measure/build_phases/events.h"
#include "measure/build_phases/own_phases.h"
#include "measure/schema.h"

namespace pgo_orch::measure {

/// A build, from outside.
struct BuildInterval {
  Nanoseconds start{};        ///< CLOCK_MONOTONIC, right before the command began
  Nanoseconds end{};          ///< and when it had ended
  int cores = 1;              ///< that it could use
  Nanoseconds cpu{};          ///< of the command's whole process tree; zero: taken from the events
  bool own_compiler = false;  ///< the command is not cargo: time in which no known tool ran is its own
};

/// What one call of a compiler took.
struct CrateTime {
  std::string name;           ///< the crate's, else the source file's
  std::string version;        ///< of its package; empty: not known
  std::string kind;           ///< lib, proc-macro, bin, build script, test, c, c++, ...
  Nanoseconds wall{};         ///< from start to end, whatever else ran beside
  Nanoseconds cpu{};          ///< with its linker's
  Bytes peak_rss;             ///< of the largest process
  Nanoseconds share{};        ///< its part of the build's wall time, which it shares with what ran beside it
  std::vector<Phase> stages;  ///< of `wall`
};

/// A unit on the critical path.
struct CriticalStep {
  std::string name;
  std::string version;
  std::string kind;    ///< as CrateTime's; "build script run"
  Nanoseconds wall{};  ///< of the whole unit
  Nanoseconds
      waited{};  ///< since the step before was ready: for a free core, for cargo, or for what is not watched
  Nanoseconds on_path{};  ///< from its start until the next step could begin; all `waited` and `on_path`
                          ///< after the first start add up to the end
};

struct BuildPhases {
  /// Those that took any time, in the order of a build; they add up to `wall`. Their parts add up to them,
  /// except as noted.
  std::vector<Phase> phases;
  std::vector<CrateTime> crates;            ///< slowest first
  std::vector<CriticalStep> critical_path;  ///< in the order of time
  Nanoseconds wall{};
  Nanoseconds cpu{};
  double cpu_use = 0;      ///< cpu / (wall x cores)
  Nanoseconds wrappers{};  ///< what all shims together added
  double own_share = 0;    ///< wrappers / wall
  std::string basis;       ///< a sentence: what this was taken from
  std::vector<std::string> notes;
};

/// At each moment the wall time is shared equally among the tools that run. `timings`: cargo's own report of
/// the same build, for the runs of build scripts; `own`: what the command says of itself.
BuildPhases build_phases_of(const std::vector<BuildEvent>& events, const BuildInterval& interval,
                            const std::vector<CargoUnit>& timings = {},
                            const std::vector<OwnPhase>& own = {});

}  // namespace pgo_orch::measure
