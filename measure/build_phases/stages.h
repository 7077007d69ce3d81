#pragma once
// What each tool was doing when: the events of a build as stretches of time of one stage each, and how the
// wall time is shared among them.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "measure/build_phases/events.h"

namespace pgo_orch::measure {

/// In the order in which they are shown.
enum class Stage {
  frontend,        ///< parsing, expanding, resolving, checking of types and borrows, metadata
  mir,             ///< finding the functions that are needed (and optimizing their MIR), splitting into units
  codegen,         ///< from MIR to machine code
  lto,             ///< optimization across crates
  incremental,     ///< loading and saving what the next build may use
  rustc_other,     ///< within rustc, but in no named pass: its start, queries in between, its end
  compile,         ///< a whole rustc without known passes, without its linker
  c_compile,       ///< compilers of C and C++
  c_compile_link,  ///< the same, linking in the same call
  link,            ///< linkers and archives
  build_scripts,   ///< their runs, with what they start
  queries,         ///< compilers asked about themselves
  other_tools,     ///< other watched tools
  own,             ///< the build command itself (e.g. a compiler that emits Rust): no watched tool ran
  waiting          ///< cargo between its units
};
std::string stage_name(Stage stage);

/// What is left of a stage that has parts.
inline constexpr const char* no_part = "other";

/// What the phases of a build may be called: all stages, in that order.
std::vector<std::string> stage_names();

/// What their parts may be called. A command that builds may report others of its own.
std::vector<std::string> stage_part_names();

/// A stretch of time in which one process did one thing.
struct Stretch {
  Nanoseconds start{};
  Nanoseconds end{};
  Stage stage{};
  std::string part;
  std::size_t event = no_event;  ///< which event; `no_event` for runs of build scripts
  static constexpr std::size_t no_event = static_cast<std::size_t>(-1);
};

/// A span of time.
struct Span {
  Nanoseconds start{};
  Nanoseconds end{};
};

/// The parts of `from` outside all `holes`, in order.
std::vector<Span> without(const Span& from, std::vector<Span> holes);

/// The stretches of all events. A process that waits for another watched one (rustc for the linker) is idle
/// meanwhile; cargo always is. Passes nest: at each moment the innermost one with a stage counts.
std::vector<Stretch> stretches_of(const std::vector<BuildEvent>& events);

/// The stretches of build scripts' runs, without the compilers that they call. `offset`: when cargo began.
std::vector<Stretch> build_script_stretches(const std::vector<CargoUnit>& units,
                                            const std::vector<BuildEvent>& events, Nanoseconds offset);

/// How an interval was shared.
struct SharedTime {
  std::vector<Nanoseconds> shares;  ///< of each stretch; with the lengths of `idle` exactly the interval
  std::vector<Span> idle;           ///< when nothing ran, in order
};

/// The wall time, shared equally among all that run at each moment. Stretches count within the interval only.
SharedTime share_of_time(const std::vector<Stretch>& stretches, const Span& interval);

}  // namespace pgo_orch::measure
