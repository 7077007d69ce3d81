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
/// Nothing of a command outlives it: what it leaves running in its session is waited for, then killed, and
/// its time and memory count. So does a timeout (reported as timed_out) and an interrupt (see interrupt.h),
/// which both send SIGTERM, and SIGKILL after the grace. After an interrupt no further command is started. If
/// this process is killed by SIGKILL, a guardian process kills the sessions that are running. Only processes
/// that made yet another session escape both; `end_all_children` takes them at the end of this process.
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

}  // namespace pgo_orch::toolchains
