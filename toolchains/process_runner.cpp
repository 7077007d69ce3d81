#include "toolchains/process_runner.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <thread>

#include "toolchains/descriptor.h"
#include "toolchains/files.h"
#include "toolchains/guardian.h"
#include "toolchains/interrupt.h"
#include "toolchains/pipe_reader.h"
#include "toolchains/session.h"
#include "toolchains/spawn.h"

namespace pgo_orch::toolchains {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto never = Clock::time_point::max();

enum class Woke { ended, timed_out, interrupted };

/// A child that is waited for, but not reaped.
class Awaited {
 public:
  explicit Awaited(pid_t pid) : pid_(pid) {}

  bool has_ended() const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT | WNOHANG) != 0 ||
           info.si_pid == pid_;
  }

  /// Sleeps until it ends, the user asks to stop, or the deadline is over.
  void sleep(Clock::time_point deadline) const {
    pollfd polled[] = {{end_.get(), POLLIN, 0}, {interrupt_descriptor(), POLLIN, 0}};
    ::poll(polled, 2, milliseconds_until(deadline));
  }

 private:
  int milliseconds_until(Clock::time_point deadline) const {
    const std::int64_t longest =
        end_ ? 3'600'000 : 10;  // a kernel without pidfd_open is asked again and again
    // Rounded up, so that it does not wake just before the deadline.
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, longest));
  }

  pid_t pid_;
  Descriptor end_ = open_process(pid_);
};

Woke wait_for(const Awaited& child, Clock::time_point deadline) {
  for (;;) {
    if (child.has_ended()) return Woke::ended;
    if (interrupted()) return Woke::interrupted;
    if (Clock::now() >= deadline) return Woke::timed_out;
    child.sleep(deadline);
  }
}

/// Waits for the session that `leader` leads, keeping to the timeout and heeding interrupts, reaps all of it
/// and releases it from the guardian.
class Supervisor {
 public:
  /// `started` is before the fork: the wall time counts from there.
  Supervisor(pid_t leader, std::chrono::steady_clock::time_point started, const RunnerOptions& options)
      : leader_(leader), options_(options), start_(started) {}

  /// No timeout: zero.
  Outcome follow(Nanoseconds timeout) {
    const auto deadline = timeout.count() ? start_ + timeout : never;
    const Woke woke = wait_for(Awaited(leader_), deadline);
    outcome_.wall = Clock::now() - start_;
    if (woke != Woke::ended || !orphans_end()) end_session();
    release(leader_);  // before its number is free for another
    reap_leader(leader_, outcome_);
    if (woke == Woke::timed_out) outcome_.end = End::timed_out;
    if (woke == Woke::interrupted) outcome_.end = End::interrupted;
    return outcome_;
  }

 private:
  /// Gives what the leader left running some time to end by itself. The leader stays a zombie until they are
  /// gone, so that the kernel can't reuse the session's number.
  bool orphans_end() {
    const auto deadline = Clock::now() + options_.orphan_wait;
    for (;;) {
      const auto living = reap_orphans(leader_, outcome_);
      if (living.empty()) return true;
      if (wait_for(Awaited(living.front()), deadline) != Woke::ended) return false;
    }
  }

  /// SIGTERM; after the grace, or when the user insists, SIGKILL until no process is left.
  void end_session() {
    signal_session(leader_, SIGTERM);
    const auto deadline = Clock::now() + options_.grace;
    while (anybody_left() && Clock::now() < deadline && interrupt_count() < 2) pause();
    while (anybody_left()) {
      signal_session(leader_, SIGKILL);
      pause();
    }
  }

  bool anybody_left() { return !reap_orphans(leader_, outcome_).empty() || !Awaited(leader_).has_ended(); }

  static void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(5)); }

  const pid_t leader_;
  const RunnerOptions& options_;
  const Clock::time_point start_;
  Outcome outcome_;
};

}  // namespace

ProcessRunner::ProcessRunner(RunnerOptions options) : options_(options) {
  adopt_orphans();
  start_guardian();
}

Outcome ProcessRunner::run(const Command& command) {
  if (interrupted()) return {.end = End::interrupted};
  const auto started = std::chrono::steady_clock::now();
  Spawned child = spawn(command);
  if (child.pid < 0) return {.end = End::not_started, .reason = child.reason};
  const PipeReader reader(std::move(child.out), std::move(child.sink));
  return Supervisor(child.pid, started, options_).follow(command.timeout);
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
