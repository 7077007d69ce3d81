#include "toolchains/session.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <fstream>
#include <sstream>

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

/// The parent of a process; proc(5): "PID (NAME) STATE PARENT ...", where the name may hold anything.
pid_t parent_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string text;
  if (!std::getline(file, text, '\0')) return 0;
  std::istringstream rest(text.substr(std::min(text.rfind(')'), text.size() - 1) + 1));
  char state = 0;
  pid_t parent = 0;
  rest >> state >> parent;
  return parent;
}

/// Kernels without CONFIG_PROC_CHILDREN have no /proc/self/task/*/children.
std::vector<pid_t> children_by_scan() {
  std::vector<pid_t> children;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename();
    const bool is_process = std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c); });
    if (is_process && parent_of(name) == ::getpid()) children.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return children;
}

}  // namespace

void settle_in() {
  int fd = 0;
  do fd = ::open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) ::close(fd);
  ::signal(SIGCHLD, SIG_DFL);
}

void adopt_orphans() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

std::vector<pid_t> own_children() {
  std::vector<pid_t> children;
  std::error_code error;
  for (fs::directory_iterator task("/proc/self/task", error), end; !error && task != end;
       task.increment(error)) {
    std::ifstream file(task->path() / "children");
    if (!file && fs::exists(task->path(), error)) return children_by_scan();
    for (pid_t pid = 0; file >> pid;) children.push_back(pid);
  }
  return children;
}

}  // namespace pgo_orch::toolchains
