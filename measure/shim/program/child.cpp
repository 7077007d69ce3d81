#include "measure/shim/program/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure/shim/program/passes.h"

namespace pgo_orch::shim {
namespace {

std::vector<char*> pointers_of(Arguments& arguments) {
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Starts the tool in our place among its caller's processes: same group, same descriptors, but for standard
/// error if `stderr_fd` is one. It shares our memory until it is the tool.
pid_t start(Call& call, int stderr_fd, volatile int& error) {
  const auto argv = pointers_of(call.argv);
  char* const* environment = call.environment.pointers();
  const pid_t self = getpid();
  const pid_t pid = vfork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != self) _exit(127);
  if (stderr_fd >= 0) dup2(stderr_fd, 2);
  execve(argv[0], argv.data(), environment);
  error = errno;
  _exit(127);
}

/// Passes on what the tool says until it has ended, not until all have who hold its standard error: it may
/// leave somebody running.
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
    signal(SIGPIPE, SIG_IGN);  // a caller that doesn't read is no reason to stop a compiler
    PassFilter filter(result.passes);
    forward_until_end(result.pid, ends[0], filter);
    close(ends[0]);
  }
  wait_for(result);
  return result;
}

}  // namespace pgo_orch::shim
