#include "measure/timer/program/tracing.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <initializer_list>

namespace pgo_orch::timer {

namespace {

constexpr unsigned long always = PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;
constexpr std::uint64_t page_bytes = 4096;  // of the smallest kind
constexpr unsigned long others = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;

int signalfd_of(int number) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

Started refused(pid_t pid, int pidfd, Stage stage, int error_number) {
  if (pid > 0) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, __WALL);
    close(pidfd);
  }
  return {.failed_stage = stage, .error_number = error_number};
}

/// Where the program's entry was loaded, from /proc/PID/auxv; 0 if unknown.
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

/// 1 if they cannot be counted. The folder has a link for itself, one from its parent, and one from
/// each thread's folder.
unsigned long count_threads(pid_t process) {
  char path[64];
  struct stat folder{};
  snprintf(path, sizeof path, "/proc/%d/task", process);
  return stat(path, &folder) == 0 && folder.st_nlink > 2 ? folder.st_nlink - 2 : 1;
}

bool is_thread_of(pid_t process, pid_t thread) {
  return syscall(SYS_tgkill, process, thread, 0) == 0;
}

/// The si_code of the signal that a thread is stopped by; 0 if unknown.
int trap_code(pid_t thread) {
  siginfo_t info{};
  return ptrace(PTRACE_GETSIGINFO, thread, nullptr, &info) == 0 ? info.si_code : 0;
}

}  // namespace

Tracing::Tracing(const TraceRequest& request, TraceAnswer& answer) : request_(request), answer_(answer) {}

Tracing::~Tracing() {
  if (stops_fd_ >= 0) close(stops_fd_);
}

/// PTRACE_SEIZE rather than PTRACE_TRACEME: only then a stopped program stays stopped until it is resumed.
Started Tracing::start(const Launch& launch) {
  int gate[2];
  if (pipe2(gate, O_CLOEXEC) != 0) return refused(-1, -1, Stage::pipe, errno);
  stops_fd_ = signalfd_of(SIGCHLD);
  Started started = spawn_waiting(launch, gate[0]);
  if (started.failed_stage == Stage::none) {
    program_ = started.pid;
    if (ptrace(PTRACE_SEIZE, program_, nullptr, always | others) != 0) {
      started = refused(program_, started.pidfd, Stage::trace, errno);
    } else {
      started.start_ns = now_ns();
      if (write(gate[1], "", 1) != 1) started = refused(program_, started.pidfd, Stage::pipe, errno);
    }
  }
  for (const int fd : gate) close(fd);
  return started;
}

void Tracing::handle_stops() {
  signalfd_siginfo signal;
  [[maybe_unused]] const auto got = read(stops_fd_, &signal, sizeof signal);
  for (;;) {
    siginfo_t info{};
    if (waitid(P_ALL, 0, &info, WSTOPPED | WEXITED | WNOWAIT | WNOHANG | __WALL) != 0) return;
    // Not before waitid: what woke us may be an older signal, and the stop a later one.
    woke_ns_ = now_ns();
    // The program's own end is left to wait4, which gets its times; other threads must be reaped here, or the
    // program would never end.
    if (info.si_pid == 0 || (info.si_pid == program_ && info.si_code != CLD_TRAPPED)) return;
    siginfo_t same{};
    waitid(P_PID, static_cast<id_t>(info.si_pid), &same, WSTOPPED | WEXITED | WNOHANG | __WALL);
    if (same.si_code == CLD_TRAPPED)
      handle(same.si_pid, static_cast<unsigned>(same.si_status) >> 8, same.si_status & 0xff);
  }
}

void Tracing::set_ends(std::int64_t start_ns, std::int64_t end_ns) {
  answer_.start_ns = start_ns;
  answer_.end_ns = end_ns;
}

void Tracing::handle(pid_t thread, unsigned event, int signal) {
  ++answer_.stops;
  is_at_landmark_ = false;
  if (event == PTRACE_EVENT_STOP) {
    const bool is_new_process = !is_thread_of(program_, thread);
    const bool is_group_stop = signal != SIGTRAP;
    if (is_new_process)
      for (pid_t& place : newborn_)
        if (place == 0) {
          place = thread;
          return;
        }
    resume(thread, is_group_stop ? Go::listen : Go::on, 0);
  } else if (event != 0) {
    resume(thread, on_event(thread, event), 0);
  } else if (signal == SIGTRAP) {
    const Go go = on_trap(thread, signal);
    resume(thread, go, signal);
  } else {
    resume(thread, Go::on, signal);
  }
}

Tracing::Go Tracing::on_event(pid_t thread, unsigned event) {
  if (event == PTRACE_EVENT_EXEC) on_execution(thread);
  if (event == PTRACE_EVENT_EXIT) on_exit(thread);
  if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_CLONE) on_new_process(thread, true);
  if (event == PTRACE_EVENT_VFORK) on_new_process(thread, false);
  return Go::on;
}

/// `signal` is what the thread gets when it is resumed: none if the trap was ours.
Tracing::Go Tracing::on_trap(pid_t thread, int& signal) {
  const int code = trap_code(thread);
  machine::Registers registers;
  if (!machine::read_registers(thread, registers)) return Go::on;
  const int theirs = signal;
  signal = 0;
  if (code == TRAP_TRACE && puts_return_back_) {
    puts_return_back_ = false;
    machine::set(thread, return_);
    return Go::on;
  }
  for (unsigned i = 0; i < 3; ++i)
    if (machine::was_hit(breakpoints_[i], code, registers)) return on_breakpoint(thread, i, registers);
  if (code == TRAP_HWBKPT && watches_entry_) {
    watch_entry(thread);
    return Go::on;
  }
  if (machine::was_hit(return_, code, registers)) return on_return(thread, registers, &return_);
  if (code == TRAP_HWBKPT && return_address_ != 0 && registers.instruction == return_address_)
    return on_return(thread, registers, nullptr);
  signal = theirs;
  return Go::on;
}

Tracing::Go Tracing::on_breakpoint(pid_t thread, unsigned index, const machine::Registers& registers) {
  constexpr Landmark landmarks[] = {Landmark::entry, Landmark::main, Landmark::user_main};
  machine::step_back(thread, breakpoints_[index]);
  if (index == 0) {
    at_entry(thread);
    return Go::on;
  }
  machine::clear(thread, breakpoints_[index]);
  mark(landmarks[index]);
  await_return(thread, registers);
  if (!is_any_set()) stop_following_others(thread);
  return Go::on;
}

/// Runs into the same breakpoint several times, which measures the cost of the stops alone.
void Tracing::at_entry(pid_t thread) {
  TraceMark& entry = mark_of(Landmark::entry);
  if (entry.stopped_ns == 0)
    mark(Landmark::entry);
  else
    answer_.repeat_ns[repeats_++] = woke_ns_ - entry.resumed_ns;
  is_at_landmark_ = true;
  if (thread == program_ && repeats_ < repeat_count) return;
  machine::clear(thread, breakpoints_[0]);
  watches_entry_ = has_watch_ =
      request_.software_return == 0 && machine::watch(thread, breakpoints_[0].address);
}

void Tracing::watch_entry(pid_t thread) {
  is_at_landmark_ = true;
  answer_.watch_ns[watches_++] = woke_ns_ - mark_of(Landmark::entry).resumed_ns;
  if (watches_ < watch_count) {
    machine::watch_again(thread);
    return;
  }
  watches_entry_ = false;
  machine::unwatch(thread);
}

/// Replaced if the user's main is reached later: then its return counts.
void Tracing::await_return(pid_t thread, const machine::Registers& registers) {
  at_main_ = registers;
  return_address_ = machine::return_address(thread, registers);
  if (return_address_ == 0) return;
  answer_.watched_return = has_watch_ && machine::watch(thread, return_address_) ? 1 : 0;
  if (answer_.watched_return != 0) return;
  machine::clear(thread, return_);
  return_.address = return_address_;
  machine::set(thread, return_);
}

/// Deeper calls may return to the same place; these continue.
Tracing::Go Tracing::on_return(pid_t thread, const machine::Registers& registers,
                               machine::Breakpoint* in_code) {
  const bool is_deeper = request_.moving_stack == 0 && !machine::is_stack_after_return(at_main_, registers);
  if (in_code != nullptr) {
    machine::clear(thread, *in_code);
    machine::step_back(thread, *in_code);
    puts_return_back_ = is_deeper;
    if (is_deeper) return Go::step;
  }
  if (is_deeper) return Go::on;
  if (in_code == nullptr) machine::unwatch(thread);
  return_address_ = 0;
  mark(Landmark::returned);
  if (!is_any_set()) stop_following_others(thread);
  return Go::on;
}

/// A newly executed program's code has none of our breakpoints.
void Tracing::on_execution(pid_t thread) {
  if (++answer_.execs == 1) {
    mark(Landmark::executed);
    set_breakpoints(thread);
    return;
  }
  for (machine::Breakpoint& breakpoint : breakpoints_) breakpoint.is_set = false;
  return_.is_set = false;
  return_address_ = 0;
  watches_entry_ = false;
  mark_of(Landmark::exiting) = {};  // of the threads that this ended
  stop_following_others(thread);
}

void Tracing::set_breakpoints(pid_t thread) {
  const std::uint64_t entry = loaded_entry(program_);
  const std::uint64_t bias = entry - request_.entry;
  if (entry == 0 || bias % page_bytes != 0) return;  // or the landmarks are of another program
  const std::uint64_t addresses[] = {request_.entry, request_.main == request_.user_main ? 0 : request_.main,
                                     request_.user_main};
  for (unsigned i = 0; i < 3; ++i) {
    if (addresses[i] == 0) continue;
    breakpoints_[i].address = addresses[i] + bias;
    machine::set(thread, breakpoints_[i]);
  }
}

/// Called at the parent's stop. If both share their memory, the parent's breakpoints must stay.
void Tracing::on_new_process(pid_t parent, bool has_copy) {
  unsigned long message = 0;
  if (ptrace(PTRACE_GETEVENTMSG, parent, nullptr, &message) != 0) return;
  const auto child = static_cast<pid_t>(message);
  if (is_thread_of(program_, child) || !is_first_stop_seen(child)) return;
  for (machine::Breakpoint* breakpoint : {&breakpoints_[0], &breakpoints_[1], &breakpoints_[2], &return_}) {
    if (!has_copy || !breakpoint->is_set) continue;
    machine::clear_copy(child, *breakpoint);
    if (machine::is_in_code(parent, *breakpoint)) continue;
    breakpoint->is_set = false;
    machine::set(parent, *breakpoint);
  }
  ptrace(PTRACE_DETACH, child, nullptr, nullptr);
}

/// It stops at its first instruction. False if it was killed before.
bool Tracing::is_first_stop_seen(pid_t process) {
  for (pid_t& known : newborn_)
    if (known == process) {
      known = 0;
      return true;
    }
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(process), &info, WSTOPPED | WEXITED | __WALL) == 0 &&
         info.si_code == CLD_TRAPPED;
}

/// The end of the first thread alone is not the end of the program.
void Tracing::on_exit(pid_t thread) {
  machine::Registers registers;
  machine::read_registers(thread, registers);
  const bool goes_on = registers.in_thread_exit && count_threads(program_) > 1;
  if (!goes_on && mark_of(Landmark::exiting).stopped_ns == 0) mark(Landmark::exiting);
}

void Tracing::stop_following_others(pid_t thread) {
  ptrace(PTRACE_SETOPTIONS, thread, nullptr, always);
}

bool Tracing::is_any_set() const {
  for (const machine::Breakpoint& breakpoint : breakpoints_)
    if (breakpoint.is_set) return true;
  return return_.is_set;
}

void Tracing::mark(Landmark landmark) {
  latest_ = &mark_of(landmark);
  latest_->stopped_ns = woke_ns_;
  is_at_landmark_ = true;
}

void Tracing::resume(pid_t thread, Go go, int signal) {
  if (go == Go::on && puts_return_back_) go = Go::step;
  const std::int64_t now = now_ns();
  if (is_at_landmark_ && latest_ != nullptr) {
    latest_->resumed_ns = now;
  } else if (thread == program_ && latest_ != nullptr && go != Go::listen) {
    latest_->other_ns += now - woke_ns_;
    ++latest_->other_stops;
  }
  if (go == Go::listen)
    ptrace(PTRACE_LISTEN, thread, nullptr, nullptr);
  else
    ptrace(go == Go::step ? PTRACE_SINGLESTEP : PTRACE_CONT, thread, nullptr, signal);
}

}  // namespace pgo_orch::timer
