#pragma once
// Where the time of a build goes: phases that add up to its wall time, a table of crates, and
// the critical path.

#include <optional>
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

/// One call of a compiler, or the run of a build script.
struct CompiledUnit {
  /// The crate's, else the source file's; with its kind if that is neither lib nor bin: "a (build script)".
  std::string name;
  std::string version;            ///< of its package; empty: unknown
  Nanoseconds wall{};             ///< from start to end, whatever else ran
  Nanoseconds cpu{};              ///< including its linker
  std::optional<Bytes> peak_rss;  ///< of the largest process
  std::vector<Phase> stages;      ///< of `wall`
  bool operator==(const CompiledUnit&) const = default;
};

/// What a step of the critical path waited for a free core, for cargo, or for something that is not watched.
inline constexpr const char* waited_before = "waited before";

struct BuildPhases {
  std::vector<Phase> phases;  ///< those that took time, in the order of a build; they add up to `wall`
  Nanoseconds wall{};
  double cpu_use = 0;               ///< CPU time / (wall x cores)
  std::vector<CompiledUnit> units;  ///< slowest first
  /// In the order of time. `wall` is from a step's start until the next one could begin; its only stage, if
  /// any, is `waited_before`. All of both add up to the time from the first start to the end.
  std::vector<CompiledUnit> critical_path;
  double wrappers_share = 0;  ///< fraction of `wall` that the shims added
  std::string basis;          ///< where the times come from, in words
  std::vector<std::string> notes;
  bool operator==(const BuildPhases&) const = default;
};

/// At each moment the wall time is shared equally among the running tools. `timings`: cargo's report of the
/// same build, for the runs of build scripts; `own`: the phases that the command reports itself.
BuildPhases build_phases_of(const std::vector<BuildEvent>& events, const BuildInterval& interval,
                            const std::vector<CargoUnit>& timings = {},
                            const std::vector<OwnPhase>& own = {});

}  // namespace pgo_orch::measure
