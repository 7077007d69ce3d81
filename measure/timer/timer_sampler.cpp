#include "measure/timer/timer_sampler.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "measure/timer/messages.h"
#include "measure/timer/protocol.h"
#include "toolchains/error.h"

namespace pgo_orch::measure {
namespace {

/// How the helper is started: a new session, no signal blocked or ignored, our socket as descriptor 0. The
/// helper itself closes whatever else it inherited.
class SpawnPlan {
 public:
  explicit SpawnPlan(int socket) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, socket, 0);
    for (const int fd : {1, 2}) posix_spawn_file_actions_addopen(&actions_, fd, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t set;
    sigemptyset(&set);
    posix_spawnattr_setsigmask(&attributes_, &set);
    sigfillset(&set);
    posix_spawnattr_setsigdefault(&attributes_, &set);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  /// The process id. Throws Error.
  pid_t spawn(const std::filesystem::path& program) const {
    std::string name = program.filename();
    char* argv[] = {name.data(), nullptr};
    char* environment[] = {nullptr};
    pid_t pid = -1;
    const int error = posix_spawn(&pid, program.c_str(), &actions_, &attributes_, argv, environment);
    if (error != 0)
      throw Error("cannot start the timing helper " + program.string() + ": " + std::strerror(error),
                  Exit::tool);
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

bool send_all(int socket, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t now = send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now < 0 && errno != EINTR) return false;
    if (now > 0) sent += static_cast<std::size_t>(now);
  }
  return true;
}

bool receive_all(int socket, void* to, std::size_t size) {
  auto* bytes = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t now = recv(socket, bytes, size, MSG_WAITALL);
    if (now == 0 || (now < 0 && errno != EINTR)) return false;
    if (now < 0) continue;
    bytes += now;
    size -= static_cast<std::size_t>(now);
  }
  return true;
}

Sample not_started(std::string reason) {
  Sample sample;
  sample.reason = std::move(reason);
  return sample;
}

Sample interrupted() {
  Sample sample;
  sample.end = End::interrupted;
  return sample;
}

}  // namespace

TimerSampler::TimerSampler(std::filesystem::path timer, int stop_fd)
    : timer_(std::move(timer)), stop_fd_(stop_fd) {}

TimerSampler::~TimerSampler() {
  end_helper();
}

/// The answer of `ask`, with a new helper if the first one dies; none if the user wants to stop.
template <typename Ask>
auto TimerSampler::with_helper(const Ask& ask) {
  decltype(ask()) answer;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (stop_requested()) return answer;
    if (helper_ < 0) start_helper();
    if ((answer = ask())) return answer;
    end_helper();
  }
  throw Error("the timing helper " + timer_.string() + " ended without an answer, twice", Exit::tool);
}

Sample TimerSampler::run(const RunSpec& spec) {
  const auto request = encode(spec);
  if (!request) return not_started(std::strerror(E2BIG));
  const auto answer = with_helper([&] { return ask(*request); });
  return answer ? decode(*answer, spec) : interrupted();
}

Trace TimerSampler::trace(const RunSpec& spec, const toolchains::Landmarks& landmarks) {
  const auto request = encode(spec, landmarks, debug_registers_);
  if (!request) return {.sample = not_started(std::strerror(E2BIG))};
  const auto trace = with_helper([&] { return ask_to_trace(*request, spec); });
  return trace ? *trace : Trace{.sample = interrupted()};
}

std::optional<Trace> TimerSampler::ask_to_trace(const std::string& request, const RunSpec& spec) {
  const auto answer = ask(request);
  timer::TraceAnswer trace;
  if (!answer || !receive_all(socket_, &trace, sizeof trace)) return std::nullopt;
  return decode(*answer, trace, spec);
}

/// None if the helper died, or is another program.
std::optional<timer::Answer> TimerSampler::ask(const std::string& request) {
  if (!send_all(socket_, request)) return std::nullopt;
  if (!wait_for_answer_or_stop() && !send_all(socket_, encode_abort())) return std::nullopt;
  timer::Answer answer;
  if (!receive_all(socket_, &answer, sizeof answer) || answer.magic != timer::protocol_magic)
    return std::nullopt;
  return answer;
}

bool TimerSampler::stop_requested() const {
  pollfd stop{stop_fd_, POLLIN, 0};
  return stop_fd_ >= 0 && poll(&stop, 1, 0) > 0;
}

/// False if the user stops the run first.
bool TimerSampler::wait_for_answer_or_stop() const {
  pollfd fds[] = {{socket_, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
  while (poll(fds, 2, -1) < 0 && errno == EINTR) continue;
  return fds[0].revents != 0;
}

void TimerSampler::start_helper() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw Error(std::string("cannot make a socket for the timing helper: ") + std::strerror(errno));
  try {
    helper_ = SpawnPlan(ends[1]).spawn(timer_);
  } catch (...) {
    close(ends[0]);
    close(ends[1]);
    throw;
  }
  close(ends[1]);
  socket_ = ends[0];
}

/// At the end of file the helper kills what it runs, and ends.
void TimerSampler::end_helper() {
  if (helper_ < 0) return;
  close(socket_);
  while (waitpid(helper_, nullptr, 0) < 0 && errno == EINTR) continue;
  socket_ = -1;
  helper_ = -1;
}

}  // namespace pgo_orch::measure
