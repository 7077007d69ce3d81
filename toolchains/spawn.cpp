#include "toolchains/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// Boost.Process is compiled here, and used nowhere else.
#include <boost/asio/io_context.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/src.hpp>
#include <thread>

#include "toolchains/descriptor.h"
#include "toolchains/guardian.h"
#include "toolchains/search_path.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;
namespace process = boost::process::v2;

namespace {

/// The child's 0, 1 and 2 as they are open in this process.
struct Streams {
  Descriptor in, out, err;
};

/// What happens between fork and exec. All of it is safe after a fork from many threads.
class ChildSetup {
 public:
  ChildSetup(const Streams& streams, const fs::path& cwd) : streams_(streams), cwd_(cwd) {}

  boost::system::error_code on_exec_setup(process::posix::default_launcher&, const process::filesystem::path&,
                                          const char* const*) const {
    ::setsid();
    die_with(parent_);
    entrust(::getpid());
    default_signals();
    const bool ready =
        ::dup2(streams_.in.get(), STDIN_FILENO) >= 0 && ::dup2(streams_.out.get(), STDOUT_FILENO) >= 0 &&
        ::dup2(streams_.err.get(), STDERR_FILENO) >= 0 && (cwd_.empty() || ::chdir(cwd_.c_str()) == 0);
    if (!ready) return {errno, boost::system::system_category()};
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    return {};
  }

  // The launcher finds these two only as variadic templates. Without them a failed start would run our exit
  // handlers a second time, in the child, and leave a zombie.
  template <typename... Ignored>
  void on_exec_error(Ignored&&...) const {
    ::_exit(127);
  }
  template <typename Launcher, typename... Ignored>
  void on_error(const Launcher& launcher, Ignored&&...) const {
    if (launcher.pid <= 0) return;
    release(launcher.pid);
    ::waitpid(launcher.pid, nullptr, 0);
  }

 private:
  static void die_with(pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);  // it died before we asked
  }

  static void default_signals() {
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
  }

  const Streams& streams_;
  const fs::path& cwd_;
  pid_t parent_ = ::getpid();
};

/// Our environment with the changes, as "NAME=value".
std::vector<std::string> merged_environment(const EnvironmentChanges& changes) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    if (!changes.contains(std::string(text.substr(0, text.find('='))))) merged.emplace_back(text);
  }
  for (const auto& [name, value] : changes)
    if (value) merged.push_back(fmt::format("{}={}", name, *value));
  return merged;
}

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> result;
  for (const auto& text : texts) result.push_back(text.c_str());
  result.push_back(nullptr);
  return result;
}

Descriptor open_output(const fs::path& file, int how) {
  std::error_code ignored;  // open says it better
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), ignored);
  return Descriptor::open(file, O_WRONLY | O_CREAT | how);
}

/// Opens the child's files; throws std::system_error, whose text names the file.
Streams open_streams(const Command& command) {
  const auto or_null = [](const fs::path& file) { return file.empty() ? fs::path("/dev/null") : file; };
  Streams streams;
  streams.in = Descriptor::open(or_null(command.stdin_file), O_RDONLY);
  streams.err = open_output(or_null(command.log_file), O_APPEND);
  streams.out =
      command.stdout_file.empty() ? streams.err.duplicate() : open_output(command.stdout_file, O_TRUNC);
  return streams;
}

boost::system::error_code launch(const fs::path& program, const Command& command, const Streams& streams,
                                 pid_t& pid) {
  const auto environment = merged_environment(command.env);
  const auto environment_pointers = pointers(environment);
  auto arguments = pointers(command.argv);  // argv[0] stays as it was given, as with execvp
  boost::asio::io_context context;
  process::posix::default_launcher launcher;
  launcher.env = environment_pointers.data();
  boost::system::error_code error;
  // Only the overload that takes an executor reports a failure in `error`; the other one throws.
  auto child = launcher(context.get_executor(), error, process::filesystem::path(program.string()),
                        arguments.data(), ChildSetup(streams, command.cwd));
  if (!error) pid = child.id();
  child.detach();
  return error;
}

}  // namespace

Spawned spawn(const Command& command) try {
  if (command.argv.empty()) return {.reason = "the command is empty"};
  std::error_code ignored;
  if (!command.cwd.empty() && !fs::is_directory(command.cwd, ignored))
    return {.reason = fmt::format("no such folder: {}", command.cwd.string())};
  const std::string& name = command.argv[0];
  const auto program = find_executable(name, command.env, command.cwd);
  if (!program) {
    return {.reason = name.find('/') == std::string::npos ? fmt::format("no program '{}' on the PATH", name)
                                                          : fmt::format("no such program: {}", name)};
  }
  const Streams streams = open_streams(command);
  Spawned child;
  // A file just written is "busy" for as long as another thread's fork holds its descriptor: a moment, until
  // its exec.
  for (int attempt = 0;; ++attempt) {
    const auto error = launch(fs::absolute(*program), command, streams, child.pid);
    if (!error) return child;
    if (error.value() != ETXTBSY || attempt == 50)
      return {.reason = fmt::format("{}: {}", program->string(), error.message())};
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
} catch (const std::system_error& error) {
  return {.reason = error.what()};
}

}  // namespace pgo_orch::toolchains
