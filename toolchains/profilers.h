#pragma once
// Programs that tell where a run's time goes by function, and those that draw it.

#include <filesystem>
#include <string>

#include "toolchains/command.h"
#include "toolchains/probe.h"

namespace pgo_orch::toolchains {

/// A program that was found; `why` says where.
struct Program {
  std::filesystem::path path;
  std::string version;  ///< "3.19.0"; "" if it tells none
  std::string why;      ///< "on the PATH", "in /root/.cargo/bin"
};

/// A perf that has taken samples here.
struct Perf {
  Program program;
  /// "cpu-clock", or "cpu-clock:u" where that is refused because the kernel may not be looked at. Newer perfs
  /// leave out the kernel's part by themselves then, and still call it "cpu-clock".
  std::string event;
};

struct Profilers {
  Probe<Perf> perf;
  Probe<Program> valgrind;
  Probe<Program> flamegraph;  ///< inferno-flamegraph, of https://github.com/jonhoo/inferno
};

/// Everything above. `own_executable`: inferno is also looked for near it, see `tool_folders`.
Profilers find_profilers(Runner& runner, const std::filesystem::path& own_executable);

/// perf counts as found once it has recorded and printed samples of a short loop: that it is installed says
/// little, because kernels and containers forbid it (/proc/sys/kernel/perf_event_paranoid below `root`), and
/// some systems install a script in its place that knows no kernel but its own.
Probe<Perf> find_perf(Runner& runner, const std::filesystem::path& root = "/");

Probe<Program> find_valgrind(Runner& runner);

Probe<Program> find_flamegraph(Runner& runner, const std::filesystem::path& own_executable);

/// Where programs that cargo installs are besides the PATH: CARGO_HOME/bin (or HOME/.cargo/bin), beside our
/// own executable, and tools/bin in its folder and the two above (in a build tree: build/tools/bin).
std::vector<std::filesystem::path> tool_folders(const std::filesystem::path& own_executable);

}  // namespace pgo_orch::toolchains
