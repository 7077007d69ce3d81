#include "measure/timer/program/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure/timer/program/tracing.h"

namespace pgo_orch::timer {
namespace {

/// Moves the content of the pipe, to /dev/null without copying it. False at its end.
bool move(const Pipe& pipe) {
  const ssize_t moved = splice(pipe.reading, nullptr, pipe.to, nullptr, 1U << 20, SPLICE_F_NONBLOCK);
  return moved > 0 || (moved < 0 && (errno == EAGAIN || errno == EINTR));
}

/// What is left when all who could write are gone.
void drain(const Pipe& pipe) {
  while (pipe.reading >= 0 &&
         splice(pipe.reading, nullptr, pipe.to, nullptr, 1U << 20, SPLICE_F_NONBLOCK) > 0)
    continue;
}

/// Reads a request while a program runs. Anything but an abort is the end: the driver died, or is broken.
bool asks_only_to_abort(int socket) {
  Request request;
  const ssize_t got = recv(socket, &request, sizeof request, MSG_WAITALL);
  return got == sizeof request && request.magic == protocol_magic && request.kind == RequestKind::abort;
}

/// Sends SIGKILL to each of our children. False if there are none, or the kernel does not list them.
bool kill_children() {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
  FILE* list = fopen(path, "re");
  if (list == nullptr) return false;
  bool any = false;
  for (int pid = 0; fscanf(list, "%d", &pid) == 1; any = true) kill(pid, SIGKILL);
  fclose(list);
  return any;
}

/// Reaps the children that have ended. True if others still run.
bool any_child_left() {
  pid_t reaped;
  do reaped = waitpid(-1, nullptr, WNOHANG | __WALL);
  while (reaped > 0);
  return reaped == 0;
}

/// The helper is a subreaper: processes that the program orphaned, in any group or session, are
/// our children now.
void end_orphans(pid_t group) {
  for (; any_child_left(); waitpid(-1, nullptr, __WALL)) {
    kill(-group, SIGKILL);
    if (!kill_children()) return;
  }
}

/// The wait for one program's end: blocked in poll, never spinning.
class Wait {
 public:
  Wait(const Started& started, const Pipe& output, std::int64_t timeout_ns, Controls& controls,
       Tracing* tracing)
      : started_(started),
        output_(output),
        controls_(controls),
        tracing_(tracing),
        deadline_(timeout_ns > 0 ? started.start_ns + timeout_ns : 0) {
    fds_[at_output].fd = output.reading;
    fds_[at_end].fd = started.pidfd;
    fds_[at_socket].fd = controls.socket;
    fds_[at_signals].fd = controls.signals;
    if (tracing != nullptr) fds_[at_stops].fd = tracing->stops_fd();
  }

  /// Returns when the program ended, by itself or killed, even if others still have its output open.
  AnswerKind until_end() {
    for (;;) {
      const int ready = ppoll(fds_, tracing_ == nullptr ? at_stops : fd_count, remaining(), nullptr);
      if (fds_[at_end].revents != 0) return kind_;
      if (ready == 0) end_program(AnswerKind::timed_out);
      if (ready <= 0) continue;
      if (tracing_ != nullptr && fds_[at_stops].revents != 0) tracing_->handle_stops();
      if (fds_[at_output].revents != 0 && !move(output_)) fds_[at_output].fd = -1;
      if (fds_[at_socket].revents != 0) stop(!asks_only_to_abort(controls_.socket));
      if (fds_[at_signals].revents != 0 && told_to_end(controls_)) stop(true);
    }
  }

 private:
  enum { at_end, at_output, at_socket, at_signals, at_stops, fd_count };

  void stop(bool helper_too) {
    if (helper_too) controls_.ending = true;
    end_program(AnswerKind::aborted);
  }

  void end_program(AnswerKind why) {
    kill(-started_.pid, SIGKILL);
    kill(started_.pid, SIGKILL);  // in case it left its group; not reaped yet, so the id is still its own
    kind_ = why;
    deadline_ = 0;
    fds_[at_socket].fd = -1;
    fds_[at_signals].fd = -1;
  }

  const timespec* remaining() {
    if (deadline_ == 0) return nullptr;
    const std::int64_t left = deadline_ - now_ns();
    left_ = left <= 0 ? timespec{} : timespec{left / 1'000'000'000, left % 1'000'000'000};
    return &left_;
  }

  const Started& started_;
  const Pipe& output_;
  Controls& controls_;
  Tracing* tracing_;
  std::int64_t deadline_;
  timespec left_{};
  AnswerKind kind_ = AnswerKind::finished;
  pollfd fds_[fd_count] = {
      {-1, POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLIN, 0}};
};

std::int64_t nanoseconds(const timeval& time) {
  return time.tv_sec * INT64_C(1'000'000'000) + time.tv_usec * INT64_C(1'000);
}

Answer answer_of(AnswerKind kind, int status, std::int64_t wall_ns, const rusage& usage) {
  return {.magic = protocol_magic,
          .kind = kind,
          .stage = Stage::none,
          .error_number = 0,
          .wait_status = status,
          .reserved = 0,
          .wall_ns = wall_ns,
          .user_ns = nanoseconds(usage.ru_utime),
          .system_ns = nanoseconds(usage.ru_stime),
          .peak_rss_bytes = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024,  // Linux counts in KiB
          .minor_faults = static_cast<std::uint64_t>(usage.ru_minflt),
          .major_faults = static_cast<std::uint64_t>(usage.ru_majflt),
          .voluntary_switches = static_cast<std::uint64_t>(usage.ru_nvcsw),
          .involuntary_switches = static_cast<std::uint64_t>(usage.ru_nivcsw)};
}

void close_if_open(int fd) {
  if (fd >= 0) close(fd);
}

}  // namespace

Answer failed(Stage stage, int error_number) {
  return {.magic = protocol_magic, .kind = AnswerKind::failed, .stage = stage, .error_number = error_number};
}

bool told_to_end(const Controls& controls) {
  signalfd_siginfo info;
  if (read(controls.signals, &info, sizeof info) != sizeof info) return false;
  // SIGHUP is our parent-death signal, which Linux sends when the thread that started us ends, too.
  return info.ssi_signo != SIGHUP || getppid() != controls.driver;
}

Answer run(const Launch& launch, const Pipe& pipe, std::int64_t timeout_ns, Controls& controls,
           Tracing* tracing) {
  Started started = tracing == nullptr ? spawn(launch) : tracing->start(launch);
  close_if_open(pipe.writing);
  if (started.failed_stage != Stage::none) {
    close_if_open(pipe.reading);
    return failed(started.failed_stage, started.error_number);
  }
  const AnswerKind kind = Wait(started, pipe, timeout_ns, controls, tracing).until_end();
  int status = 0;
  rusage usage{};
  while (wait4(started.pid, &status, 0, &usage) < 0 && errno == EINTR) continue;
  const std::int64_t end_ns = now_ns();
  end_orphans(started.pid);
  close(started.pidfd);
  if (pipe.to != controls.null) drain(pipe);
  close_if_open(pipe.reading);
  if (tracing != nullptr) {
    started = outcome_of_waiting();
    tracing->set_ends(started.start_ns, end_ns);
    if (started.failed_stage != Stage::none) return failed(started.failed_stage, started.error_number);
  }
  return answer_of(kind, status, end_ns - started.start_ns, usage);
}

}  // namespace pgo_orch::timer
