#pragma once
// What each tool was doing when: the events of a build as stretches of time of one stage each.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "measure/build_phases/cargo_timings.h"
#include "measure/build_phases/events.h"

namespace pgo_orch::measure {

/// In the order in which they are shown; `stage_name` is how.
enum class Stage {
  frontend,        ///< parsing, expanding, resolving, checking of types and borrows, metadata
  mir,             ///< which functions are needed (with optimizing their MIR), and how they are split
  codegen,         ///< from MIR to machine code
  lto,             ///< optimization across crates
  incremental,     ///< loading and saving of what the next build may use
  rustc_other,     ///< within rustc, but in no pass it names: its start, queries in between, its end
  compile,         ///< all of a rustc that told no passes, without its linker
  c_compile,       ///< compilers of C and C++
  c_compile_link,  ///< the same, that link in the same call
  link,            ///< linkers and archives
  build_scripts,   ///< their runs, with what they start
  queries,         ///< compilers asked about themselves
  other_tools,     ///< watched tools of no known kind
  own,             ///< the build command itself (a compiler that emits Rust, say): no watched tool ran
  waiting          ///< cargo between its units
};
std::string stage_name(Stage stage);

/// A part of a stage has a name of its own, where one is known: "typeck" of the frontend.
struct PassStage {
  Stage stage;
  std::string_view part;
};

/// The stage of a pass of rustc 1.95. Null: it is none, or only the frame of others.
const PassStage* stage_of_pass(std::string_view name);

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

/// What `from` covers outside of all of `holes`, in order.
std::vector<Span> without(const Span& from, std::vector<Span> holes);

/// The stretches of all events. A process that waits for one that is watched too (rustc for the linker) does
/// nothing then; cargo never does. Passes nest: at each moment the innermost counts that has a stage.
std::vector<Stretch> stretches_of(const std::vector<BuildEvent>& events);

/// The stretches of build scripts' runs, without the compilers that they call. `offset`: cargo's begin on the
/// clock.
std::vector<Stretch> build_script_stretches(const std::vector<CargoUnit>& units,
                                            const std::vector<BuildEvent>& events, Nanoseconds offset);

}  // namespace pgo_orch::measure
