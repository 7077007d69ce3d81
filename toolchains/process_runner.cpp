#include "toolchains/process_runner.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <system_error>

#include "toolchains/files.h"
#include "toolchains/interrupt.h"
#include "toolchains/keeper.h"
#include "toolchains/pipe_reader.h"
#include "toolchains/profile_watch.h"
#include "toolchains/session.h"
#include "toolchains/spawn.h"

namespace pgo_orch::toolchains {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto never = Clock::time_point::max();

/// Keepers of processes that left their commands' sessions: they end them when their sockets close.
struct Guards {
  std::mutex mutex;
  std::vector<Descriptor> sockets;
};
Guards& guards() {
  static Guards all;
  return all;
}

/// Follows one command by what its keeper says, keeping to the timeout and heeding interrupts.
class Supervisor {
 public:
  /// `started` is before the fork: the wall time counts from there.
  Supervisor(Spawned child, Clock::time_point started, const Command& command, const RunnerOptions& options)
      : child_(std::move(child)), start_(started), command_(command), options_(options) {}

  Outcome follow() {
    const auto deadline = command_.timeout.count() ? start_ + command_.timeout : never;
    if (const Woke woke = wait_until(leader_ended_, deadline); woke != Woke::there) {
      outcome_.wall = Clock::now() - start_;
      end_all(woke);
    } else {
      const auto patience = command_.waits_for_all ? deadline : Clock::now() + options_.orphan_wait;
      if (const auto orphans = wait_until(all_ended_, patience); orphans != Woke::there) end_all(orphans);
    }
    if (guarded_ > 0) {
      const std::scoped_lock lock(guards().mutex);
      guards().sockets.push_back(std::move(child_.socket));
    } else {
      child_.socket = {};
      ::waitpid(child_.keeper, nullptr, 0);
    }
    return outcome_;
  }

 private:
  enum class Woke { there, timed_out, interrupted };

  Woke wait_until(const bool& there, Clock::time_point deadline) {
    while (!there) {
      if (interrupted()) return Woke::interrupted;
      if (Clock::now() >= deadline) return Woke::timed_out;
      listen(deadline, interrupt_descriptor());
    }
    return Woke::there;
  }

  /// Until the keeper says something, the descriptor becomes readable, or the deadline is over.
  void listen(Clock::time_point deadline, int descriptor) {
    pollfd polled[] = {{child_.socket.get(), POLLIN, 0}, {descriptor, POLLIN, 0}};
    constexpr auto longest = std::chrono::hours(1);
    // Rounded up, so that it does not wake just before the deadline.
    const auto left = deadline == never ? longest : std::min<Nanoseconds>(deadline - Clock::now(), longest);
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    ::poll(polled, 2, static_cast<int>(std::max<std::int64_t>(milliseconds, 0)));
    if (polled[0].revents != 0) heed();
  }

  void heed() {
    KeeperMessage message;
    if (!receive(child_.socket, message)) {  // somebody killed it, and with it the program
      if (!leader_ended_) outcome_ = {.end = End::signalled, .signal = SIGKILL};
      leader_ended_ = all_ended_ = true;
      return;
    }
    outcome_.user = Nanoseconds(message.user_ns);
    outcome_.system = Nanoseconds(message.system_ns);
    outcome_.peak_rss = Bytes{message.peak_rss};
    if (message.says == KeeperSays::leader_ended) take_end(message);
    if (message.says == KeeperSays::left_running)
      outcome_.strays.push_back(
          fmt::format("'{}' (process {}) was still running, and was ended", message.name, message.value));
    if (message.says == KeeperSays::crashed)
      outcome_.strays.push_back(fmt::format("'{}' (process {}) was killed by signal {} ({})", message.name,
                                            message.value, message.signal, ::strsignal(message.signal)));
    if (message.says == KeeperSays::all_ended) {
      all_ended_ = true;
      guarded_ = message.value;
    }
  }

  void take_end(const KeeperMessage& message) {
    leader_ended_ = true;
    if (outcome_.end == End::timed_out || outcome_.end == End::interrupted) return;
    outcome_.wall = Clock::time_point(Nanoseconds(message.at_ns)) - start_;
    const int status = message.value;
    outcome_.end = WIFEXITED(status) ? End::exited : End::signalled;
    if (WIFEXITED(status)) outcome_.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) outcome_.signal = WTERMSIG(status);
  }

  /// SIGTERM; after the grace, or when the user insists, SIGKILL until no process is left. `why`: what the
  /// program did not live to see, unless it had ended by itself.
  void end_all(Woke why) {
    if (!leader_ended_ || why == Woke::interrupted)
      outcome_.end = why == Woke::interrupted ? End::interrupted : End::timed_out;
    tell(keeper_terminates);
    const auto deadline = Clock::now() + options_.grace;
    while (!all_ended_ && Clock::now() < deadline && interrupt_count() < 2) {
      constexpr Nanoseconds glance = std::chrono::milliseconds(5);  // at an insisting user
      listen(std::min(deadline, Clock::now() + glance), -1);
    }
    if (!all_ended_) tell(keeper_kills);
    while (!all_ended_) listen(never, -1);
  }

  void tell(char what) {
    [[maybe_unused]] const auto sent = ::send(child_.socket.get(), &what, 1, MSG_NOSIGNAL);
  }

  Spawned child_;
  const Clock::time_point start_;
  const Command& command_;
  const RunnerOptions& options_;
  Outcome outcome_;
  bool leader_ended_ = false, all_ended_ = false;
  int guarded_ = 0;
};

}  // namespace

ProcessRunner::ProcessRunner(RunnerOptions options) : options_(options) {
  adopt_orphans();
}

Outcome ProcessRunner::run(const Command& command) {
  const Heeding heeding;
  if (interrupted()) return {.end = End::interrupted};
  const auto started = Clock::now();
  std::optional<ProfileWatch> watch;
  if (!command.profile_folders.empty()) watch.emplace(command.profile_folders);
  Spawned child = spawn(command, watch ? &*watch : nullptr);
  if (!child.reason.empty()) return {.end = End::not_started, .reason = child.reason};
  PipeReader reader(std::move(child.out), std::move(child.sink));
  const std::string unwatched = child.unwatched;
  auto outcome = Supervisor(std::move(child), started, command, options_).follow();
  outcome.unwatched = unwatched;
  if (watch) outcome.lost_profiles = watch->finish();
  if (const int error = reader.finish(); error != 0 && outcome.end != End::interrupted) {
    outcome.end = End::not_started;  // what it did afterwards says nothing
    outcome.reason = fmt::format("its output cannot be written to {}: {}", command.stdout_file.string(),
                                 std::generic_category().message(error));
  }
  return outcome;
}

void end_all_children() {
  for (;;) {
    const auto children = own_children();
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

Captured ask_tool(Runner& runner, Command command) {
  command.timeout = std::chrono::minutes(2);
  command.largest_file =
      Bytes{std::uint64_t{64} << 20};  // more than an executable that a linker is tried with
  return capture(runner, std::move(command));
}

}  // namespace pgo_orch::toolchains
