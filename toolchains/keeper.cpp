#include "toolchains/keeper.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace pgo_orch::toolchains {

namespace {

constexpr int socket_fd = 3;

/// "/proc/PID/NAME", without the allocator or stdio.
class ProcPath {
 public:
  ProcPath(pid_t pid, const char* name) {
    add("/proc/");
    add(pid);
    add(name);
  }
  ProcPath(pid_t pid, const char* middle, pid_t thread, const char* name) : ProcPath(pid, middle) {
    add(thread);
    add(name);
  }
  const char* text() const { return text_; }

 private:
  void add(const char* part) {
    while (*part && size_ + 1 < sizeof text_) text_[size_++] = *part++;
    text_[size_] = 0;
  }
  void add(pid_t number) {
    char digits[12];
    std::size_t count = 0;
    do digits[count++] = static_cast<char>('0' + number % 10);
    while ((number /= 10) > 0);
    while (count > 0 && size_ + 1 < sizeof text_) text_[size_++] = digits[--count];
    text_[size_] = 0;
  }

  char text_[96];
  std::size_t size_ = 0;
};

std::size_t read_some(const char* path, char* to, std::size_t size) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const auto got = ::read(fd, to, size);
  ::close(fd);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

/// Calls `use` with each number in a list of /proc.
void for_each_number(const char* path, const auto& use) {
  char list[4096];
  const std::size_t size = read_some(path, list, sizeof list);
  pid_t number = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (list[i] >= '0' && list[i] <= '9') {
      number = number * 10 + (list[i] - '0');
      continue;
    }
    if (number > 0) use(number);
    number = 0;
  }
}

/// Those that its main thread started, and below them; others come up when their parents have ended.
void for_each_descendant(pid_t of, const auto& use, int depth = 0) {
  constexpr int deepest = 30;
  for_each_number(ProcPath(of, "/task/", of, "/children").text(), [&](pid_t child) {
    if (depth < deepest) for_each_descendant(child, use, depth + 1);
    use(child);
  });
}

void describe_process(pid_t pid, char (&name)[64]) {
  char line[1024];
  std::size_t size = read_some(ProcPath(pid, "/cmdline").text(), line, sizeof line - 1);
  if (size == 0) size = read_some(ProcPath(pid, "/comm").text(), line, sizeof line - 1);
  line[size] = 0;
  // Without the folders of its program.
  const char* begin = line;
  for (const char* at = line; *at; ++at)
    if (*at == '/') begin = at + 1;
  size = std::min<std::size_t>(static_cast<std::size_t>(line + size - begin), sizeof name - 1);
  std::copy_n(begin, size, name);
  while (size > 0 && (name[size - 1] == 0 || name[size - 1] == '\n')) --size;
  std::replace(name, name + size, '\0', ' ');
  name[size] = 0;
}

std::int64_t nanoseconds_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1'000'000'000) + now.tv_nsec;
}

void reset_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
}

/// The keeper does not listen yet.
void wait_for_leave() {
  char byte = 0;
  ssize_t got = 0;
  do got = ::recv(socket_fd, &byte, 1, 0);
  while (got < 0 && errno == EINTR);
  if (got != 1) ::_exit(127);
}

/// The program's half of the fork: becomes it, or writes its errno to `failure`.
[[noreturn]] void become(const Kept& kept, pid_t keeper, const struct sigaction* before, int failure) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != keeper) ::_exit(127);  // it died before we asked
  if (kept.held) wait_for_leave();
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, before++, nullptr);
  reset_signals();
  const rlimit largest{kept.largest_file, kept.largest_file};
  if (kept.largest_file > 0) ::setrlimit(RLIMIT_FSIZE, &largest);
  if (!*kept.cwd || ::chdir(kept.cwd) == 0) {
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    ::execve(kept.program, kept.arguments, kept.environment);
  }
  const int error = errno;
  [[maybe_unused]] const auto written = ::write(failure, &error, sizeof error);
  ::_exit(127);
}

class Keeper {
 public:
  explicit Keeper(const Kept& kept) : ends_all_(kept.ends_all) {}

  void start(const Kept& kept, const struct sigaction* before) {
    int ends[2];
    int error = ::pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno;
    if (error == 0) {
      leader_ = ::_Fork();
      if (leader_ == 0) become(kept, keeper_, before, ends[1]);
      error = leader_ < 0 ? errno : 0;
      if (error == 0 && kept.held) say(KeeperSays::held, leader_);
      ::close(ends[1]);
      while (error == 0 && ::read(ends[0], &error, sizeof error) < 0 && errno == EINTR) {
      }
      ::close(ends[0]);
    }
    if (error != 0) {
      if (leader_ > 0) ::waitpid(leader_, nullptr, 0);
      say(KeeperSays::failed, error);
      ::_exit(0);
    }
    say(KeeperSays::started, leader_);
  }

  [[noreturn]] void follow(int signals) {
    for (;;) {
      reap();
      if (leader_ended_ && !said_all_ && count_awaited() == 0) {
        const int guarded = count_children();
        say(KeeperSays::all_ended, guarded);
        said_all_ = true;
      }
      if (said_all_ && count_children() == 0) ::_exit(0);
      pollfd polled[] = {{hung_up_ ? -1 : socket_fd, POLLIN, 0}, {signals, POLLIN, 0}};
      // Nobody says that a process left the leader's session and need not be waited for any more.
      constexpr int pause_ms = 5, glance_ms = 50;
      ::poll(polled, 2, killing_ ? pause_ms : leader_ended_ && !said_all_ ? glance_ms : -1);
      signalfd_siginfo ignored;
      while (::read(signals, &ignored, sizeof ignored) > 0) {
      }
      if (polled[0].revents != 0) obey();
      if (killing_) signal_all(SIGKILL);
    }
  }

 private:
  void say(KeeperSays what, std::int32_t value) {
    message_.says = what;
    message_.value = value;
    message_.at_ns = nanoseconds_now();
    [[maybe_unused]] const auto sent = ::send(socket_fd, &message_, sizeof message_, MSG_NOSIGNAL);
  }

  void obey() {
    char byte = 0;
    const auto got = ::recv(socket_fd, &byte, 1, MSG_DONTWAIT);
    if (got < 0) return;
    hung_up_ = got == 0;
    if (!hung_up_ && leader_ended_ && !told_) report_the_living();
    told_ = true;
    ends_all_ = ends_all_ || hung_up_;
    killing_ = killing_ || hung_up_ || byte == keeper_kills;
    if (!killing_) signal_all(SIGTERM);
  }

  void report_the_living() {
    for_each_descendant(::getpid(), [&](pid_t pid) {
      if (!is_awaited(pid)) return;
      describe_process(pid, message_.name);
      say(KeeperSays::left_running, pid);
    });
  }

  bool is_awaited(pid_t pid) const { return ends_all_ || ::getsid(pid) == leader_; }

  void signal_all(int signal) {
    if (!leader_ended_) ::kill(-leader_, signal);  // at once, before any of them can fork
    for_each_descendant(::getpid(), [&](pid_t pid) {
      if (is_awaited(pid)) ::kill(pid, signal);
    });
  }

  void add(const rusage& used) {
    const auto nanoseconds = [](const timeval& time) {
      return time.tv_sec * INT64_C(1'000'000'000) + time.tv_usec * INT64_C(1'000);
    };
    message_.user_ns += nanoseconds(used.ru_utime);
    message_.system_ns += nanoseconds(used.ru_stime);
    const auto peak = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;  // the kernel counts KiB
    message_.peak_rss = std::max(message_.peak_rss, peak);
  }

  void reap() {
    for (;;) {
      siginfo_t info{};
      if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) != 0 || info.si_pid == 0) return;
      describe_process(info.si_pid, message_.name);
      int status = 0;
      rusage used{};
      if (::wait4(info.si_pid, &status, __WALL, &used) != info.si_pid) continue;
      add(used);
      if (info.si_pid == leader_) {
        leader_ended_ = true;
        say(KeeperSays::leader_ended, status);
      } else if (WIFSIGNALED(status) && !told_) {
        message_.signal = WTERMSIG(status);
        say(KeeperSays::crashed, info.si_pid);
      }
    }
  }

  /// Of those that `counts`. A kernel that lists none (without CONFIG_PROC_CHILDREN) still tells whether
  /// there is any.
  static int count_children(const auto& counts) {
    const ProcPath list(::getpid(), "/task/", ::getpid(), "/children");
    siginfo_t any{};
    if (::access(list.text(), R_OK) != 0)
      return ::waitid(P_ALL, 0, &any, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 ? 1 : 0;
    int count = 0;
    for_each_number(list.text(), [&](pid_t pid) { count += counts(pid); });
    return count;
  }
  static int count_children() {
    return count_children([](pid_t) { return true; });
  }
  int count_awaited() const {
    return count_children([&](pid_t pid) { return is_awaited(pid); });
  }

  pid_t keeper_ = ::getpid();
  pid_t leader_ = -1;
  bool ends_all_;
  bool leader_ended_ = false, said_all_ = false;
  bool told_ = false;     ///< to end what runs
  bool killing_ = false;  ///< all of it, until none is left
  bool hung_up_ = false;  ///< pgo-orch is gone
  KeeperMessage message_;
};

}  // namespace

bool receive(const Descriptor& socket, KeeperMessage& message) {
  for (;;) {
    const auto got = ::recv(socket.get(), &message, sizeof message, 0);
    if (got >= 0 || errno != EINTR) return got == sizeof message;
  }
}

void keep(const Kept& kept, int socket) {
  ::setsid();
  ::prctl(PR_SET_NAME, "pgo-orch-keep");
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  struct sigaction before[3], ignore{};
  ignore.sa_handler = SIG_IGN;
  std::size_t place = 0;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &ignore, &before[place++]);
  for (auto& action : before)
    if (action.sa_handler != SIG_IGN) action.sa_handler = SIG_DFL;  // ours are not the program's
  sigset_t children;
  ::sigemptyset(&children);
  ::sigaddset(&children, SIGCHLD);
  ::sigprocmask(SIG_SETMASK, &children, nullptr);
  // The program's first, since its sources are above 2 but may be 3.
  ::dup2(kept.in, STDIN_FILENO);
  ::dup2(kept.out, STDOUT_FILENO);
  ::dup2(kept.err, STDERR_FILENO);
  ::dup2(socket, socket_fd);
  ::close_range(socket_fd + 1, ~0U, 0);
  ::fcntl(socket_fd, F_SETFD, FD_CLOEXEC);
  Keeper keeper(kept);
  keeper.start(kept, before);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int standard = 0; null >= 0 && standard < 3; ++standard) ::dup2(null, standard);
  keeper.follow(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
}

}  // namespace pgo_orch::toolchains
