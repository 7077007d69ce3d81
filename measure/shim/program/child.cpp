#include "measure/shim/program/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace pgo_orch::shim {

namespace {

constexpr std::string_view start_of_line = "time: {";

/// The value after `"name":`, a string without its quotes. rustc writes these lines with names that need no
/// escapes and no spaces (rustc_data_structures, profiling.rs: print_time_passes_entry).
std::string_view field(std::string_view line, std::string_view name) {
  const auto key = "\"" + std::string(name) + "\":";
  const auto at = line.find(key);
  if (at == std::string_view::npos) return {};
  auto value = line.substr(at + key.size());
  if (value.starts_with('"')) return value.substr(1, value.find('"', 1) - 1);
  return value.substr(0, value.find_first_of(",}"));
}

bool read_pass(std::string_view line, Pass& pass) {
  const auto seconds = std::string(field(line, "time"));
  pass.name = field(line, "pass");
  char* end = nullptr;
  pass.seconds = strtod(seconds.c_str(), &end);
  return !pass.name.empty() && !seconds.empty() && *end == '\0';
}

/// Standard error may be non-blocking if our caller set it so.
void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = write(2, text.data(), text.size());
    if (done > 0) text.remove_prefix(static_cast<std::size_t>(done));
    if (done >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return;
    pollfd writable{2, POLLOUT, 0};
    poll(&writable, 1, -1);
  }
}

/// rustc's standard error without the times of its passes. Passes on at once what it reads, except for the
/// lines `time: {"pass":...}` of -Ztime-passes-format=json, which become passes. Only the start of a line
/// that may be one of these is held back.
class PassFilter {
 public:
  explicit PassFilter(std::vector<Pass>& passes) : passes_(passes) {}
  /// Reads once from the descriptor. False at its end.
  bool forward(int from);
  /// Passes on what was held back.
  void finish();

 private:
  void take(char c);
  void end_held_line();

  std::vector<Pass>& passes_;
  std::string out_;
  std::string held_;
  bool in_plain_line_ = false;
};

void PassFilter::end_held_line() {
  Pass pass;
  if (read_pass(held_, pass)) {
    pass.end_ns = now_ns();
    passes_.push_back(std::move(pass));
  } else {
    out_ += held_;
  }
  held_.clear();
}

void PassFilter::take(char c) {
  if (in_plain_line_) {
    out_ += c;
    in_plain_line_ = c != '\n';
    return;
  }
  held_ += c;
  const auto compared = std::min(held_.size(), start_of_line.size());
  if (held_.compare(0, compared, start_of_line, 0, compared) != 0) {
    out_ += std::exchange(held_, {});
    in_plain_line_ = c != '\n';
  } else if (c == '\n') {
    end_held_line();
  }
}

bool PassFilter::forward(int from) {
  char buffer[16 * 1024];
  const ssize_t got = read(from, buffer, sizeof buffer);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  for (ssize_t i = 0; i < got; ++i) take(buffer[i]);
  write_all(std::exchange(out_, {}));
  return got > 0;
}

void PassFilter::finish() {
  write_all(std::exchange(held_, {}));
}

std::vector<char*> pointers_of(Arguments& arguments) {
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Starts the tool as a process like ours: same group, same descriptors, except for standard error if
/// `stderr_fd` is one. It shares our memory until it executes the tool.
pid_t start(Call& call, int stderr_fd, volatile int& error) {
  const auto argv = pointers_of(call.argv);
  char* const* environment = call.environment.pointers();
  const pid_t self = getpid();
  // NOLINTBEGIN: posix_spawn cannot set a death signal, and fork takes longer the more memory we have.
  const pid_t pid = vfork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != self) _exit(127);
  if (stderr_fd >= 0) dup2(stderr_fd, 2);
  execve(argv[0], argv.data(), environment);
  error = errno;
  _exit(127);
  // NOLINTEND
}

/// Passes on the tool's standard error until the tool ends, even if a process that it left running still
/// has it open.
void forward_until_end(pid_t pid, int from, PassFilter& filter) {
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  pollfd fds[] = {{pidfd, POLLIN, 0}, {from, POLLIN, 0}};
  bool ended = pidfd < 0;  // without pidfds: to the end of the pipe
  for (bool open = true; open;) {
    if (poll(fds, 2, ended && pidfd >= 0 ? 0 : -1) < 0 && errno != EINTR) break;
    ended = ended || fds[0].revents != 0;
    if (fds[1].revents == 0 && ended && pidfd >= 0) break;
    if (fds[1].revents != 0) open = filter.forward(from);
  }
  filter.finish();
  if (pidfd >= 0) close(pidfd);
}

std::int64_t nanoseconds(const timeval& time) {
  return time.tv_sec * INT64_C(1'000'000'000) + time.tv_usec * INT64_C(1'000);
}

void wait_for(Run& run) {
  rusage usage{};
  while (wait4(run.pid, &run.wait_status, 0, &usage) < 0 && errno == EINTR) continue;
  run.end_ns = now_ns();
  run.user_ns = nanoseconds(usage.ru_utime);
  run.system_ns = nanoseconds(usage.ru_stime);
  run.peak_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;  // Linux counts in KiB
}

}  // namespace

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1'000'000'000) + now.tv_nsec;
}

Run run(Call& call) {
  Run result;
  int ends[2] = {-1, -1};
  if (call.passes && pipe2(ends, O_CLOEXEC) != 0) ends[0] = ends[1] = -1;
  volatile int error = 0;
  result.start_ns = now_ns();
  result.pid = start(call, ends[1], error);
  result.spawn_error = result.pid < 0 ? errno : error;
  if (ends[1] >= 0) close(ends[1]);
  if (result.pid < 0) return result;
  if (ends[0] >= 0) {
    signal(SIGPIPE, SIG_IGN);  // a caller that does not read must not stop a compiler
    PassFilter filter(result.passes);
    forward_until_end(result.pid, ends[0], filter);
    close(ends[0]);
  }
  wait_for(result);
  return result;
}

}  // namespace pgo_orch::shim
