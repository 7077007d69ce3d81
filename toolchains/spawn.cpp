#include "toolchains/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "toolchains/keeper.h"
#include "toolchains/profile_watch.h"
#include "toolchains/search_path.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

/// The child's 0, 1 and 2 as they are open in this process.
struct Streams {
  Descriptor in, out, err;
};

/// Our environment with the changes, as "NAME=value".
std::vector<std::string> merged_environment(const EnvironmentChanges& changes) {
  std::vector<std::string> merged;
  for (const auto& [name, value] : environment_with(changes))
    merged.push_back(fmt::format("{}={}", name, value));
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
  return Descriptor::open(file, O_WRONLY | O_CREAT | O_NOFOLLOW | how);
}

/// The child's end of a pipe, whose other end stays here.
Descriptor open_pipe(Descriptor& reading) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  const Descriptor ours(ends[0]), childs(ends[1]);
  reading = ours.duplicate();
  return childs.duplicate();  // never 0, 1 or 2
}

/// Opens the child's files; throws std::system_error, whose text names the file.
Streams open_streams(const Command& command, Spawned& child) {
  const auto or_null = [](const fs::path& file) { return file.empty() ? fs::path("/dev/null") : file; };
  Streams streams;
  streams.in =
      Descriptor::open(or_null(command.stdin_file), O_RDONLY | O_NONBLOCK);  // a pipe may have no writer
  ::fcntl(streams.in.get(), F_SETFL, O_RDONLY);
  streams.err = open_output(or_null(command.log_file), O_APPEND);
  Descriptor file = command.stdout_file.empty() && !command.stdout_pipe
                        ? streams.err.duplicate()
                        : open_output(or_null(command.stdout_file), O_TRUNC);
  if (!command.stdout_pipe) {
    streams.out = std::move(file);
    return streams;
  }
  streams.out = open_pipe(child.out);
  child.sink = std::move(file);
  return streams;
}

/// Forks the keeper; returns 0 once the program runs, else the errno of what failed.
int launch(const Kept& kept, ProfileWatch* watch, Spawned& child) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return errno;
  Descriptor ours(ends[0]);
  Descriptor theirs(ends[1]);
  const pid_t keeper = ::fork();
  if (keeper < 0) return errno;
  if (keeper == 0) keep(kept, theirs.get());
  theirs = {};
  KeeperMessage message;
  bool told = receive(ours, message);
  if (watch && told && message.says == KeeperSays::held) {
    if (const int error = watch->follow(message.value); error != 0)
      child.unwatched = fmt::format("ptrace: {}", std::generic_category().message(error));
    [[maybe_unused]] const auto sent = ::send(ours.get(), &keeper_lets_go, 1, MSG_NOSIGNAL);
    told = receive(ours, message);
  }
  if (told && message.says == KeeperSays::started) {
    child.keeper = keeper;
    child.socket = std::move(ours);
    return 0;
  }
  ours = {};
  ::waitpid(keeper, nullptr, 0);
  return told ? message.value : ECHILD;
}

}  // namespace

Spawned spawn(const Command& command, ProfileWatch* watch) try {
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
  Spawned child;
  const Streams streams = open_streams(command, child);
  const auto environment = merged_environment(command.env);
  const std::string file = fs::absolute(*program);
  const auto arguments = pointers(command.argv);  // argv[0] stays as it was given, as with execvp
  const auto variables = pointers(environment);
  const Kept kept{.program = file.c_str(),
                  .arguments = const_cast<char* const*>(arguments.data()),
                  .environment = const_cast<char* const*>(variables.data()),
                  .cwd = command.cwd.c_str(),
                  .in = streams.in.get(),
                  .out = streams.out.get(),
                  .err = streams.err.get(),
                  .largest_file = command.largest_file.count,
                  .held = watch != nullptr,
                  .ends_all = command.ends_all};
  // A file just written is "busy" for as long as another thread's fork holds its descriptor: a moment,
  // until its exec.
  for (int attempt = 0;; ++attempt) {
    const int error = launch(kept, watch, child);
    if (error == 0) return child;
    if (error != ETXTBSY || attempt == 50)
      return {.reason = fmt::format(
                  "{}: {}{}", program->string(), std::generic_category().message(error),
                  error == ENOEXEC ? ": it is not built for this machine, or a script without #!" : "")};
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
} catch (const std::system_error& error) {
  return {.reason = error.what()};
}

}  // namespace pgo_orch::toolchains
