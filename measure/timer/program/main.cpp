// pgo-orch-timer: starts programs and measures them, one at a time, for the process at the other end of the
// socket on descriptor 0; see protocol.h. Small, since its own memory is the floor of the memory it reports.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <initializer_list>

#include "measure/timer/program/run.h"
#include "measure/timer/program/tracing.h"
#include "measure/timer/program/work.h"

namespace pgo_orch::timer {
namespace {

constexpr std::uint32_t large_bytes = 64 * 1024;

/// Programs inherit the peak of our own memory, unless it is reset (proc(5), clear_refs).
void forget_peak_memory() {
  const int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const auto written = write(fd, "5", 1);
  close(fd);
}

/// The part of a request that varies in size: strings, and the pointers to them that execve needs. It has its
/// own pages, which are released after the run, since our memory is the floor of what we measure.
class RequestBody {
 public:
  explicit RequestBody(const Request& request);
  ~RequestBody();
  RequestBody(const RequestBody&) = delete;
  RequestBody& operator=(const RequestBody&) = delete;

  /// Reads the strings. False if they are missing, or not what the request says.
  bool read(int socket);

  char** argv() const { return pointers_; }
  char** environment() const { return pointers_ + request_.argc + 1; }

  const char* executable = nullptr;
  const char* cwd = nullptr;
  const char* stdin_file = nullptr;
  const char* stdout_file = nullptr;
  const char* stderr_file = nullptr;

 private:
  char* take();
  char* text() const;
  std::size_t size() const;

  const Request& request_;
  std::size_t pointer_bytes_;
  char** pointers_ = nullptr;  ///< argv, null, environment, null; the text follows
  char* next_ = nullptr;
  bool complete_ = true;
};

RequestBody::RequestBody(const Request& request)
    : request_(request), pointer_bytes_((std::size_t{request.argc} + request.envc + 2) * sizeof(char*)) {
  if (request.body_bytes == 0 || request.body_bytes > max_body) return;
  if (request.argc > request.body_bytes || request.envc > request.body_bytes) return;
  void* const pages = mmap(nullptr, size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages != MAP_FAILED) pointers_ = static_cast<char**>(pages);
}

RequestBody::~RequestBody() {
  if (pointers_ != nullptr) munmap(pointers_, size());
  if (size() > large_bytes) forget_peak_memory();
}

bool RequestBody::read(int socket) {
  if (pointers_ == nullptr) return false;
  next_ = text();
  const ssize_t got = recv(socket, next_, request_.body_bytes, MSG_WAITALL);
  if (got != static_cast<ssize_t>(request_.body_bytes) || next_[got - 1] != '\0') return false;
  for (const char** field : {&executable, &cwd, &stdin_file, &stdout_file, &stderr_file}) *field = take();
  for (std::uint32_t i = 0; i < request_.argc; ++i) argv()[i] = take();
  for (std::uint32_t i = 0; i < request_.envc; ++i) environment()[i] = take();
  return complete_;
}

/// The next string; the last byte of the text is a NUL, so strlen stays within it.
char* RequestBody::take() {
  if (next_ == text() + request_.body_bytes) complete_ = false;
  if (!complete_) return nullptr;
  char* const string = next_;
  next_ += strlen(string) + 1;
  return string;
}

char* RequestBody::text() const {
  return reinterpret_cast<char*>(pointers_) + pointer_bytes_;
}

std::size_t RequestBody::size() const {
  return pointer_bytes_ + request_.body_bytes;
}

/// An open file, or /dev/null, which stays open.
class File {
 public:
  File(const char* path, int flags, int null)
      : owned_(*path != '\0'), fd_(owned_ ? open(path, flags | O_CLOEXEC, 0666) : null) {}
  ~File() {
    if (owned_ && fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  bool owned_;
  int fd_;
};

/// The CPUs of the request in the kernel's form. Null if there are none.
const cpu_set_t* affinity(const Request& request, cpu_set_t& set) {
  CPU_ZERO(&set);
  for (unsigned cpu = 0; cpu < max_cpus; ++cpu)
    if ((request.cpus[cpu / 64] >> (cpu % 64) & 1U) != 0) CPU_SET(cpu, &set);
  return CPU_COUNT(&set) == 0 ? nullptr : &set;
}

/// Opens what the program reads and writes, and runs it.
Answer open_and_run(const Request& request, const RequestBody& body, Controls& controls, Tracing* tracing) {
  const int overwrite = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW;
  const File input(body.stdin_file, O_RDONLY, controls.null);
  if (input.fd() < 0) return failed(Stage::stdin_file, errno);
  const File error(body.stderr_file, overwrite, controls.null);
  if (error.fd() < 0) return failed(Stage::stderr_file, errno);
  const File output(request.output == Output::null ? "" : body.stdout_file, overwrite, controls.null);
  if (output.fd() < 0) return failed(Stage::stdout_file, errno);
  int pipe_ends[2] = {-1, -1};
  if (request.output == Output::pipe && pipe2(pipe_ends, O_CLOEXEC) != 0) return failed(Stage::pipe, errno);

  cpu_set_t cpus;
  const Launch launch{.executable = body.executable,
                      .cwd = body.cwd,
                      .argv = body.argv(),
                      .environment = body.environment(),
                      .stdin_fd = input.fd(),
                      .stdout_fd = request.output == Output::pipe ? pipe_ends[1] : output.fd(),
                      .stderr_fd = error.fd(),
                      .affinity = affinity(request, cpus),
                      .fixed_layout = request.fixed_layout != 0};
  const Pipe pipe{.reading = pipe_ends[0], .writing = pipe_ends[1], .to = output.fd()};
  return run(launch, pipe, request.timeout_ns, controls, tracing);
}

template <typename Message>
bool answer_with(int socket, const Message& message) {
  return send(socket, &message, sizeof message, MSG_NOSIGNAL) == sizeof message;
}

bool run_and_answer(const Request& request, const RequestBody& body, Controls& controls) {
  return answer_with(controls.socket, open_and_run(request, body, controls, nullptr));
}

bool trace_and_answer(const Request& request, const RequestBody& body, Controls& controls) {
  TraceAnswer trace{};
  Tracing tracing(request.trace, trace);
  return answer_with(controls.socket, open_and_run(request, body, controls, &tracing)) &&
         answer_with(controls.socket, trace);
}

/// Answers one request. False at the end, or if it is not a request.
bool serve(Controls& controls) {
  Request request;
  const ssize_t got = recv(controls.socket, &request, sizeof request, MSG_WAITALL);
  if (got != sizeof request || request.magic != protocol_magic) return false;
  if (request.kind == RequestKind::abort) return true;  // too late: the run has ended
  RequestBody body(request);
  if (!body.read(controls.socket)) return false;
  const bool answered = request.kind == RequestKind::trace ? trace_and_answer(request, body, controls)
                                                           : run_and_answer(request, body, controls);
  return answered && !controls.ending;
}

void serve_all(Controls& controls) {
  pollfd fds[] = {{controls.socket, POLLIN, 0}, {controls.signals, POLLIN, 0}};
  for (;;) {
    if (poll(fds, 2, -1) < 0) continue;
    if (fds[1].revents != 0 && told_to_end(controls)) return;
    if (fds[0].revents != 0 && !serve(controls)) return;
  }
}

/// Blocks all signals and resets them to their defaults, with which the programs then start.
int signals_as_descriptor() {
  const unsigned long defaults[4] = {};  // the kernel's struct; libc refuses to touch its own two signals
  for (int number = 1; number <= SIGRTMAX; ++number) syscall(SYS_rt_sigaction, number, defaults, nullptr, 8);
  sigset_t set;
  sigfillset(&set);
  sigprocmask(SIG_SETMASK, &set, nullptr);
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/// In its own session: Ctrl-C at the terminal reaches the driver only, which then tells us to stop.
int main_of_helper() {
  close_range(3, ~0U, 0);
  const pid_t driver = getppid();
  const int signals = signals_as_descriptor();
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGHUP);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return 1;
  Controls controls{
      .socket = fcntl(0, F_DUPFD_CLOEXEC, 3), .signals = signals, .null = null, .driver = driver};
  for (int fd = 0; fd < 3; ++fd) dup2(null, fd);  // so that none of our descriptors is below 3
  serve_all(controls);
  return 0;
}

}  // namespace
}  // namespace pgo_orch::timer

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) {
    [[maybe_unused]] const auto written =
        write(1, "pgo-orch-timer " PGO_ORCH_VERSION "\n", sizeof("pgo-orch-timer " PGO_ORCH_VERSION));
    return 0;
  }
  if (argc == 3 && strcmp(argv[1], "--work") == 0) {
    const unsigned long result = pgo_orch::timer::work(strtoul(argv[2], nullptr, 10));
    [[maybe_unused]] const auto written = write(1, &result, sizeof result);
    return 0;
  }
  return pgo_orch::timer::main_of_helper();
}
