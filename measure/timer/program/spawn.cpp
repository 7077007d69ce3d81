#include "measure/timer/program/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace pgo_orch::timer {
namespace {

/// Seen by both processes: the child runs in our memory (CLONE_VM) while we are suspended (CLONE_VFORK).
struct Shared {
  const Launch* launch;
  int gate_fd;  ///< -1: there is none
  volatile std::int64_t start_ns;
  volatile Stage failed_stage;
  volatile int error_number;
};

Shared waiting;  ///< outlives spawn_waiting(), which is not suspended

alignas(16) char child_stack[32 * 1024];

int fail(Shared& shared, Stage stage) {
  shared.error_number = errno;
  shared.failed_stage = stage;
  _exit(127);
}

/// dup2 leaves the close-on-exec flag in place when both numbers are the same. Ours are all above 2.
bool redirect(const Launch& launch) {
  return dup2(launch.stdin_fd, 0) == 0 && dup2(launch.stdout_fd, 1) == 1 && dup2(launch.stderr_fd, 2) == 2;
}

int child(void* argument) {
  auto& shared = *static_cast<Shared*>(argument);
  const Launch& launch = *shared.launch;
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // outlives execve: a killed helper leaves no measured program behind
  if (!redirect(launch)) return fail(shared, Stage::spawn);
  if (launch.affinity != nullptr && sched_setaffinity(0, sizeof(cpu_set_t), launch.affinity) != 0)
    return fail(shared, Stage::affinity);
  if (launch.fixed_layout) personality(ADDR_NO_RANDOMIZE);  // where it is forbidden, layouts stay random
  if (*launch.cwd != '\0' && chdir(launch.cwd) != 0) return fail(shared, Stage::cwd);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none,
              nullptr);  // the helper blocks all; its dispositions are the defaults already
  char byte;
  if (shared.gate_fd >= 0 && read(shared.gate_fd, &byte, 1) != 1) return fail(shared, Stage::spawn);
  shared.start_ns = now_ns();
  execve(launch.executable, launch.argv, launch.environment);
  return fail(shared, Stage::exec);
}

}  // namespace

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1'000'000'000) + now.tv_nsec;
}

Started spawn(const Launch& launch) {
  Shared shared{&launch, -1, 0, Stage::none, 0};
  Started started;
  const int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
  started.pid = clone(child, child_stack + sizeof child_stack, flags, &shared, &started.pidfd);
  if (started.pid < 0) return {.failed_stage = Stage::spawn, .error_number = errno};
  if (shared.failed_stage == Stage::none) {
    started.start_ns = shared.start_ns;
    return started;
  }
  waitpid(started.pid, nullptr, 0);
  close(started.pidfd);
  return {.failed_stage = shared.failed_stage, .error_number = shared.error_number};
}

/// The memory is shared as in spawn(), so that execve has as little to release.
Started spawn_waiting(const Launch& launch, int gate_fd) {
  waiting.launch = &launch;
  waiting.gate_fd = gate_fd;
  waiting.start_ns = 0;
  waiting.failed_stage = Stage::none;
  Started started;
  started.pid = clone(child, child_stack + sizeof child_stack, CLONE_VM | CLONE_PIDFD | SIGCHLD, &waiting,
                      &started.pidfd);
  if (started.pid < 0) return {.failed_stage = Stage::spawn, .error_number = errno};
  return started;
}

Started outcome_of_waiting() {
  return {.start_ns = waiting.start_ns,
          .failed_stage = waiting.failed_stage,
          .error_number = waiting.error_number};
}

}  // namespace pgo_orch::timer
