#include "toolchains/guardian.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <set>

#include "toolchains/session.h"

namespace pgo_orch::toolchains {

namespace {

pid_t guardian = -1;
int connection = -1;

/// Tells the guardian: a session that starts as its number, one that is over as the number below zero.
void tell(pid_t message) {
  // Without a guardian (it could not be forked, or was killed) all else still works.
  [[maybe_unused]] const auto sent = ::send(connection, &message, sizeof message, MSG_NOSIGNAL);
}

/// Nothing that ends or signals its parent may reach the guardian, and it holds no file of it open.
void leave_everything(int socket) {
  ::setsid();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(signal, SIG_IGN);
  ::prctl(PR_SET_NAME, "pgo-orch-guard");
  const int null = ::open("/dev/null", O_RDWR);
  for (int standard = 0; null >= 0 && standard < 3; ++standard) ::dup2(null, standard);
  const auto kept = static_cast<unsigned>(socket);
  if (kept > 3) ::close_range(3, kept - 1, 0);
  ::close_range(kept + 1, ~0U, 0);
}

/// Learns what runs until the other end is closed, which its death does at the latest.
[[noreturn]] void guard(int socket) {
  leave_everything(socket);
  std::set<pid_t> sessions;
  pid_t message = 0;
  for (;;) {
    const auto got = ::recv(socket, &message, sizeof message, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got != sizeof message) break;
    if (message > 0) sessions.insert(message);
    if (message < 0) sessions.erase(-message);
  }
  for (const pid_t session : sessions) signal_session(session, SIGKILL);
  ::_exit(0);
}

void fork_guardian() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return;
  guardian = ::fork();
  if (guardian == 0) guard(ends[0]);
  ::close(ends[0]);
  connection = ends[1];
}

}  // namespace

void start_guardian() {
  static std::once_flag once;
  std::call_once(once, fork_guardian);
}

pid_t guardian_pid() {
  return guardian;
}

void entrust(pid_t session) {
  tell(session);
}

void release(pid_t session) {
  tell(-session);
}

}  // namespace pgo_orch::toolchains
