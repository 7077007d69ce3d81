#include "measure/timer/program/tracee.h"

#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pgo_orch::timer {

std::uint64_t loaded_entry(pid_t process) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/auxv", process);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  std::uint64_t pairs[128][2] = {};
  const ssize_t got = read(fd, pairs, sizeof pairs);
  close(fd);
  for (ssize_t i = 0; i * static_cast<ssize_t>(sizeof pairs[0]) < got; ++i)
    if (pairs[i][0] == AT_ENTRY) return pairs[i][1];
  return 0;
}

/// The folder has a link for itself, one from its parent, and one from each thread's folder.
unsigned long count_threads(pid_t process) {
  char path[64];
  struct stat folder{};
  snprintf(path, sizeof path, "/proc/%d/task", process);
  return stat(path, &folder) == 0 && folder.st_nlink > 2 ? folder.st_nlink - 2 : 1;
}

bool is_thread_of(pid_t process, pid_t thread) {
  return syscall(SYS_tgkill, process, thread, 0) == 0;
}

int trap_code(pid_t thread) {
  siginfo_t info{};
  return ptrace(PTRACE_GETSIGINFO, thread, nullptr, &info) == 0 ? info.si_code : 0;
}

}  // namespace pgo_orch::timer
