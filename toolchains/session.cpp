#include "toolchains/session.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

struct Process {
  pid_t pid = 0, parent = 0, group = 0, session = 0;
};

/// The kernel's list of our children is exact only while none is taken off it: no thread reaps
/// while another reads.
std::mutex reaping;

/// proc(5): "PID (NAME) STATE PARENT GROUP SESSION ...", where the name may hold anything.
std::optional<Process> read_process(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(file, text, '\0')) return std::nullopt;
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(name_end + 1));
  Process process{.pid = pid};
  char state = 0;
  rest >> state >> process.parent >> process.group >> process.session;
  return rest ? std::optional(process) : std::nullopt;
}

std::vector<Process> all_processes() {
  std::vector<Process> processes;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (!std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c); })) continue;
    if (const auto process = read_process(static_cast<pid_t>(std::stol(name)))) processes.push_back(*process);
  }
  return processes;
}

/// Kernels without CONFIG_PROC_CHILDREN have no /proc/self/task/*/children.
std::vector<pid_t> children_by_scan() {
  std::vector<pid_t> children;
  for (const Process& process : all_processes())
    if (process.parent == ::getpid()) children.push_back(process.pid);
  return children;
}

void add_usage(Outcome& outcome, const rusage& used) {
  const auto duration = [](const timeval& time) {
    return Nanoseconds(std::chrono::seconds(time.tv_sec)) + std::chrono::microseconds(time.tv_usec);
  };
  outcome.user += duration(used.ru_utime);
  outcome.system += duration(used.ru_stime);
  const auto peak = Bytes{static_cast<std::uint64_t>(used.ru_maxrss) * 1024};  // the kernel counts KiB
  outcome.peak_rss = std::max(outcome.peak_rss, peak);
}

}  // namespace

void adopt_orphans() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void signal_session(pid_t session, int signal) {
  ::kill(-session, signal);  // at once, before any of them can fork
  for (const Process& process : all_processes())
    if (process.session == session && process.group != session) ::kill(process.pid, signal);
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

void reap_leader(pid_t leader, Outcome& outcome) {
  siginfo_t info;
  while (::waitid(P_PID, static_cast<id_t>(leader), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  const std::lock_guard lock(reaping);
  int status = 0;
  rusage used{};
  if (::wait4(leader, &status, 0, &used) != leader) return;
  add_usage(outcome, used);
  outcome.end = WIFEXITED(status) ? End::exited : End::signalled;
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
}

std::vector<pid_t> reap_orphans(pid_t session, Outcome& outcome) {
  const std::lock_guard lock(reaping);
  std::vector<pid_t> living;
  for (const pid_t pid : own_children()) {
    const auto process = read_process(pid);
    if (!process || process->session != session || pid == session) continue;
    rusage used{};
    if (::wait4(pid, nullptr, WNOHANG, &used) == pid) {
      add_usage(outcome, used);
    } else {
      living.push_back(pid);
    }
  }
  return living;
}

}  // namespace pgo_orch::toolchains
