#pragma once
// What is recorded of a build: what the shim saw, cargo's own report, and what a build command says itself.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "toolchains/units.h"

namespace pgo_orch::measure {

/// A pass of rustc, from -Ztime-passes: when it ended, and how long it took. Passes nest.
struct RustcPass {
  std::string name;
  Nanoseconds time{};
  Nanoseconds end{};  ///< CLOCK_MONOTONIC
};

enum class CallKind { compile, link, query, run };

/// One call of a tool, seen by the shim. Texts are empty where nothing was said.
struct BuildEvent {
  std::string tool;  ///< rustc, cargo, cc, c++, ld, ...
  CallKind kind = CallKind::run;
  int shim_pid = 0;         ///< of the shim that called it
  std::string parent_tool;  ///< the nearest shim above
  int parent_shim_pid = 0;
  Nanoseconds start{};  ///< CLOCK_MONOTONIC, as is `end`
  Nanoseconds end{};
  Nanoseconds user{};  ///< of the tool and the children that it waited for
  Nanoseconds system{};
  Bytes peak_rss;
  Nanoseconds own{};   ///< what the shim added
  int exit_code = -1;  ///< -1: ended by `signal`
  int signal = 0;
  std::string crate;
  std::vector<std::string> crate_types;
  std::string lto;  ///< what rustc was asked for; empty: nothing, and a large crate gets thin-local LTO
  std::string extra_filename;
  std::vector<std::string> externs;  ///< each the `crate` + `extra_filename` of another event
  std::string emit;
  std::string source;
  std::string out;
  std::string target;  ///< empty: the host, or nothing that has one
  bool test = false;
  bool links = false;  ///< a C compiler that compiled and linked
  std::string package;
  std::string version;
  bool probe = false;  ///< called by a build script
  std::vector<RustcPass> passes;

  Nanoseconds wall() const { return end - start; }
  Nanoseconds cpu() const { return user + system; }
};

/// The events of a log, and what is wrong with it.
struct BuildLog {
  std::vector<BuildEvent> events;
  std::vector<std::string> notes;  ///< one for each line that is not an event (a killed build, a full disk)
};

/// Reads the shim's log, one event on each line, as described in pgo/shim_contract.h.
BuildLog parse_build_log(std::string_view text);

/// One unit of work in cargo's own report, `cargo build --timings`, which alone knows when build scripts ran.
/// Cargo rounds times to 10 ms.
struct CargoUnit {
  std::string name;     ///< of the package
  std::string version;  ///< of the package
  std::string target;   ///< "" the library; "build-script", "build-script (run)", "NAME \"bin\"", ...
  bool runs_build_script = false;
  Nanoseconds start{};  ///< since cargo began
  Nanoseconds duration{};
  std::optional<Nanoseconds> frontend;  ///< since `start`: when dependents could begin
  int number = -1;                      ///< cargo's own
  std::vector<int> unblocked;           ///< the numbers of those for which it was the last that they need
};

/// The units of a report (target/cargo-timings/cargo-timing.html; its `UNIT_DATA`, as cargo 1.60 to 1.95
/// write it). Throws Error if they cannot be read.
std::vector<CargoUnit> units_of_timings(std::string_view html);

/// A phase that a build command reports itself: it appends lines of JSON to the file that the environment
/// variable PGO_ORCH_PHASES names:
///   {"phase": "parse", "seconds": 0.012}
///   {"phase": "parse", "start_ns": 23757708612045, "end_ns": 23757720612045}
/// in CLOCK_MONOTONIC, as the build's own times. A name may occur several times. With a start and an end, the
/// time that the phase spent waiting for rustc or a linker is not counted; with seconds it is not known.
struct OwnPhase {
  std::string name;
  Nanoseconds time{};
  std::optional<Nanoseconds> start;  ///< its end is start + time
};

/// Throws Error that names the file and the first line that is none of the above.
std::vector<OwnPhase> parse_own_phases(std::string_view text, const std::string& file);

}  // namespace pgo_orch::measure
