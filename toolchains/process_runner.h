#pragma once
// The runner that really starts programs.

#include <string>

#include "toolchains/command.h"

namespace pgo_orch::toolchains {

/// How much patience a ProcessRunner has.
struct RunnerOptions {
  Nanoseconds grace = std::chrono::seconds(2);        ///< from SIGTERM to SIGKILL
  Nanoseconds orphan_wait = std::chrono::seconds(2);  ///< for what a program leaves running when it ends
};

/// Runs each command in a session, and so a process group, of its own; several threads may run
/// commands at once.
///
/// Nothing of a command outlives it: what it leaves running is waited for, then ended (Outcome::strays says
/// so), and its time and memory count. A timeout (reported as timed_out) and an interrupt (see interrupt.h)
/// end it, too. To end is SIGTERM, and SIGKILL after the grace. After an interrupt no further command is
/// started. Processes that left the command's session are part of it if it `ends_all`; else they end with
/// this process. If this process is killed by SIGKILL, keepers (keeper.h) kill all that runs.
///
/// peak_rss has a floor: a child starts as a copy of this process, whose memory then
/// counts (kernel's ru_maxrss).
class ProcessRunner : public Runner {
 public:
  explicit ProcessRunner(RunnerOptions options = {});
  Outcome run(const Command& command) override;

 private:
  RunnerOptions options_;
};

/// Kills and reaps whatever still is a child of this process, adopted orphans included. For the end of main.
void end_all_children();

/// What a command printed, next to how it ended.
struct Captured {
  Outcome outcome;
  std::string out;
  std::string err;
  bool ok() const { return outcome.ok(); }
};

/// Runs a command with stdout and stderr in temporary files, whatever its stdout_file and log_file say.
Captured capture(Runner& runner, Command command);

/// As above, of a tool that is asked something: one that hangs, or prints without end, is ended.
Captured ask_tool(Runner& runner, Command command);

}  // namespace pgo_orch::toolchains
