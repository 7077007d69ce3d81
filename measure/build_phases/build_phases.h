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
  std::string version;                 ///< of its package; empty: unknown
  Nanoseconds wall{};                  ///< from start to end, whatever else ran
  Nanoseconds cpu{};                   ///< including its linker; zero: not known, of a build script's run
  std::optional<Bytes> peak_rss;       ///< of the largest process
  std::vector<Phase> stages;           ///< of `wall`
  std::optional<Nanoseconds> start{};  ///< since the build's; none: not known
  bool operator==(const CompiledUnit&) const = default;
};

/// What comes before a step of the critical path. The first: it, or something it needs, was ready and others
/// ran. The second: nothing ran, so cargo (or what is not watched) was waited for. In a build by another
/// command that is the command's own time.
inline constexpr const char* waiting_for_slot = "waiting for a slot";
inline constexpr const char* waiting_for_cargo = "waiting";
inline constexpr const char* waiting_for_command = "own";
inline constexpr const char* end_of_build = "end of the build";

struct BuildPhases {
  std::vector<Phase> phases;  ///< those that took time, in the order of a build; they add up to `wall`
  Nanoseconds wall{};
  double cpu_use = 0;               ///< CPU time / (wall x cores)
  std::vector<CompiledUnit> units;  ///< slowest first
  /// From the build's start to its end: of all chains in which each step needs the one before it, the one
  /// that works longest. It is the least that the build takes with any number of cores; what else the build
  /// took is the steps' `stages`, the waits before them. `wall` is from a step's start until the next could
  /// begin. Walls and waits add up to the build's. The last step, if there is one that ends earlier than the
  /// build, is `end_of_build`, with no `wall`. Empty: no unit is known.
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
