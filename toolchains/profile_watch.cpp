#include "toolchains/profile_watch.h"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <future>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "toolchains/elf.h"
#include "toolchains/error.h"
#include "toolchains/hash.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

fs::path in_proc(pid_t pid, const char* name) {
  return fs::path("/proc") / std::to_string(pid) / name;
}

/// The last number of a line of /proc/PID/status: of "NSpid:" that by which the process knows itself.
pid_t number_in_status(pid_t pid, std::string_view key) {
  std::ifstream file(in_proc(pid, "status"));
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    std::istringstream numbers(line.substr(key.size()));
    while (numbers >> pid) {
    }
    break;
  }
  return pid;
}

/// The thread that traces.
class Tracer {
 public:
  Tracer(std::vector<fs::path> folders, std::vector<LostProfile>& lost)
      : folders_(std::move(folders)), lost_(lost) {}

  int seize(pid_t pid) {
    constexpr auto options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                             PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
    if (::ptrace(PTRACE_SEIZE, pid, nullptr, options) != 0) return errno;
    groups_[pid] = pid;
    processes_[pid] = {};
    return 0;
  }

  void follow() {
    for (;;) {
      int status = 0;
      const pid_t thread = ::waitpid(-1, &status, __WALL | __WNOTHREAD);
      if (thread < 0 && errno == EINTR) continue;
      if (thread < 0) return;  // nobody is left
      if (WIFSTOPPED(status))
        take_stop(thread, WSTOPSIG(status), status >> 16);
      else
        take_end(thread);
    }
  }

 private:
  using Files = std::map<fs::path, std::string>;  ///< with the digests of their content

  struct Process {
    fs::path executable;
    pid_t number = 0;        ///< in the names of its profiles
    pid_t copy_of = 0;       ///< made by fork from this process; 0: it executed a program itself
    bool is_shared = false;  ///< its memory, with its parent
    bool tries_exec = false;
    int calls = 0;  ///< of the system, of a copy
    Files before;   ///< of a copy: what there was when it was made
  };

  void take_stop(pid_t thread, int signal, int event) {
    switch (event) {
      case 0:
        if (signal != (SIGTRAP | 0x80)) return go_on(thread, signal);
        take_call(thread);
        break;
      case PTRACE_EVENT_STOP:
        if (!groups_.contains(thread)) {  // its parent's event is still to come
          early_.insert(thread);
          return;
        }
        if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU) {
          ::ptrace(PTRACE_LISTEN, thread, nullptr, nullptr);  // until it is told to continue
          return;
        }
        break;
      case PTRACE_EVENT_FORK:
      case PTRACE_EVENT_VFORK:
      case PTRACE_EVENT_CLONE:
        take_start(thread, event == PTRACE_EVENT_VFORK);
        break;
      case PTRACE_EVENT_EXEC:
        take_exec(thread);
        break;
      default:
        break;
    }
    go_on(thread, 0);
  }

  void go_on(pid_t thread, int signal) {
    ::ptrace(watches_calls(thread) ? PTRACE_SYSCALL : PTRACE_CONT, thread, nullptr,
             static_cast<long>(signal));
  }

  /// A copy that was made to execute another program begins with few calls before it does.
  bool watches_calls(pid_t thread) {
    constexpr int most = 500;
    const auto& process = processes_[groups_[thread]];
    return process.copy_of > 0 && !process.is_shared && !process.tries_exec && process.calls < most;
  }

  void take_call(pid_t thread) {
    auto& process = processes_[groups_[thread]];
    ++process.calls;
    __ptrace_syscall_info call{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof call, &call) > 0)
      process.tries_exec = call.op == PTRACE_SYSCALL_INFO_ENTRY &&
                           (call.entry.nr == SYS_execve || call.entry.nr == SYS_execveat);
    else
      process.tries_exec = errno == EIO;  // a kernel before 5.3 cannot tell
  }

  void take_start(pid_t by, bool shares_memory) {
    unsigned long message = 0;
    if (::ptrace(PTRACE_GETEVENTMSG, by, nullptr, &message) != 0) return;
    const auto thread = static_cast<pid_t>(message);
    const pid_t group = number_in_status(thread, "Tgid:");
    groups_[thread] = group;
    if (group == thread) {
      const auto& parent = processes_[groups_[by]];
      processes_[thread] = {.executable = parent.executable,
                            .number = parent.number,
                            .copy_of = groups_[by],
                            .is_shared = shares_memory,
                            .before = files_of(parent)};
    }
    if (early_.erase(thread) > 0) go_on(thread, 0);
  }

  void take_exec(pid_t pid) {
    std::erase_if(groups_, [&](const auto& each) { return each.second == pid && each.first != pid; });
    if (const auto& before = processes_[pid]; before.copy_of == 0) judge(pid, before);
    std::error_code gone;
    processes_[pid] = {.executable = fs::read_symlink(in_proc(pid, "exe"), gone),
                       .number = number_in_status(pid, "NSpid:")};
  }

  void take_end(pid_t thread) {
    const pid_t group = groups_[thread];
    groups_.erase(thread);
    early_.erase(thread);
    if (group != thread) return;
    const Process process = processes_[thread];
    processes_.erase(thread);
    if (!process.is_shared && !process.tries_exec && !has_copy(thread)) judge(thread, process);
  }

  /// Whether what it counted lives on, as that of a daemon's parent does.
  bool has_copy(pid_t pid) const {
    return std::ranges::any_of(processes_, [&](const auto& each) {
      return each.second.copy_of == pid && !each.second.is_shared && !each.second.tries_exec;
    });
  }

  /// Whether it has written by now.
  void judge(pid_t pid, const Process& process) {
    if (!is_instrumented(process.executable)) return;
    const auto files = files_of(process);
    if (files.empty() || (process.copy_of > 0 && files == process.before))
      lost_.push_back({pid, process.executable.filename()});
  }

  bool is_instrumented(const fs::path& executable) {
    if (executable.empty()) return false;
    const auto [known, fresh] = instrumented_.try_emplace(executable);
    try {
      if (fresh) known->second = elf_info(executable).writes_profile;
    } catch (const Error&) {
      known->second = false;  // it is gone
    }
    return known->second;
  }

  Files files_of(const Process& process) const {
    Files files;
    const std::string end = "_" + std::to_string(process.number) + ".profraw";
    const std::string of_all = "_0.profraw";  // clang's own pattern has no %p
    for (const auto& folder : folders_) {
      std::error_code failed;
      for (fs::directory_iterator entry(folder, failed); !failed && entry != fs::directory_iterator();
           entry.increment(failed)) {
        const auto& file = entry->path();
        const std::string name = file.filename();
        if (!name.ends_with(end) && !name.ends_with(of_all)) continue;
        try {
          files[file] = sha256_of_file(file);
        } catch (const Error&) {  // it is being written
          files[file] = "";
        }
      }
    }
    return files;
  }

  std::vector<fs::path> folders_;
  std::vector<LostProfile>& lost_;
  std::map<pid_t, pid_t> groups_;  ///< thread -> its process
  std::map<pid_t, Process> processes_;
  std::set<pid_t> early_;  ///< stopped at their start, before their parents said that there are any
  std::map<fs::path, bool> instrumented_;
};

}  // namespace

int ProfileWatch::follow(pid_t pid) {
  finish();
  std::promise<int> seized;
  auto failure = seized.get_future();
  thread_ = std::jthread([this, pid, seized = std::move(seized)]() mutable {
    Tracer tracer(folders_, lost_);
    const int error = tracer.seize(pid);
    seized.set_value(error);
    if (error == 0) tracer.follow();
  });
  return failure.get();
}

std::vector<LostProfile> ProfileWatch::finish() {
  if (thread_.joinable()) thread_.join();
  return lost_;
}

}  // namespace pgo_orch::toolchains
