#pragma once
// What the shim saw of a build: one event a call of a tool. The lines are described in pgo/shim_contract.h.

#include <string>
#include <string_view>
#include <vector>

#include "toolchains/units.h"

namespace pgo_orch::measure {

/// A pass of rustc, as -Ztime-passes tells it: when it ended, and how long it took. Passes nest.
struct RustcPass {
  std::string name;
  Nanoseconds time{};
  Nanoseconds end{};  ///< CLOCK_MONOTONIC
};

enum class CallKind { compile, link, query, run };

/// One call of a tool. Texts are empty where nothing was said.
struct BuildEvent {
  std::string tool;  ///< rustc, cargo, cc, c++, ld, ...
  CallKind kind = CallKind::run;
  int pid = 0;              ///< of the tool
  int shim_pid = 0;         ///< of the shim that called it
  std::string parent_tool;  ///< the nearest shim above
  int parent_shim_pid = 0;
  Nanoseconds start{};  ///< CLOCK_MONOTONIC, as is `end`
  Nanoseconds end{};
  Nanoseconds user{};  ///< of the tool and what it waited for
  Nanoseconds system{};
  Bytes peak_rss;
  Nanoseconds own{};   ///< what the shim added
  int exit_code = -1;  ///< -1: ended by `signal`
  int signal = 0;
  std::string crate;
  std::vector<std::string> crate_types;
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
  bool primary = false;  ///< a package that the build was asked for, not a dependency
  bool probe = false;    ///< called by a build script
  std::vector<RustcPass> passes;

  Nanoseconds wall() const { return end - start; }
  Nanoseconds cpu() const { return user + system; }
};

/// The events of a log, and what is wrong with it.
struct BuildLog {
  std::vector<BuildEvent> events;
  std::vector<std::string>
      notes;  ///< a sentence for each line that is no event (a build that was killed, a full disk)
};

BuildLog parse_build_log(std::string_view text);

}  // namespace pgo_orch::measure
