#include "toolchains/process_runner.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>

#include "toolchains/files.h"
#include "toolchains/guardian.h"
#include "toolchains/interrupt.h"
#include "toolchains/session.h"
#include "toolchains/spawn.h"
#include "toolchains/supervise.h"

namespace pgo_orch::toolchains {

ProcessRunner::ProcessRunner(RunnerOptions options) : options_(options) {
  adopt_orphans();
  start_guardian();
}

Outcome ProcessRunner::run(const Command& command) {
  if (interrupted()) return {.end = End::interrupted};
  const auto started = std::chrono::steady_clock::now();
  const Spawned child = spawn(command);
  if (child.pid < 0) return {.end = End::not_started, .reason = child.reason};
  return supervise(child.pid, started, command.timeout, options_);
}

void end_all_children() {
  for (;;) {
    auto children = own_children();
    std::erase(children, guardian_pid());
    if (children.empty()) return;
    for (const pid_t child : children) ::kill(child, SIGKILL);
    // Their own children are ours from then on: the next round takes them.
    for (const pid_t child : children) ::waitpid(child, nullptr, 0);
  }
}

Captured capture(Runner& runner, Command command) {
  const TempDir folder("capture");
  command.stdout_file = folder.path() / "out";
  command.log_file = folder.path() / "err";
  Captured captured;
  captured.outcome = runner.run(command);
  const auto text = [](const std::filesystem::path& file) {
    return std::filesystem::exists(file) ? read_file(file) : std::string();
  };
  captured.out = text(command.stdout_file);
  captured.err = text(command.log_file);
  return captured;
}

}  // namespace pgo_orch::toolchains
