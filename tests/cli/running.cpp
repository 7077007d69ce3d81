#include "running.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

namespace pgo_orch::cli {

namespace fs = std::filesystem;

namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

}  // namespace

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool soon(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

Running::Running(Running&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), folder_(std::move(other.folder_)) {}

Running::~Running() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Running::signal(int number) const {
  ::kill(pid_, number);
}

Result Running::wait() {
  int status = 0;
  const bool ended = soon([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; });
  if (!ended) FAIL("pgo-orch did not end");
  pid_ = -1;
  Result result;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  result.out = text_of(folder_ / "out");
  result.err = text_of(folder_ / "err");
  return result;
}

Running start(const Start& start) {
  Words argv{start.program};
  argv.insert(argv.end(), start.arguments.begin(), start.arguments.end());
  const auto argv_pointers = pointers(argv), env_pointers = pointers(start.environment);
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int in = ::open("/dev/null", O_RDONLY);
    if (in < 0 || ::dup2(in, 0) < 0 || ::dup2(start.out, 1) < 0 || ::dup2(start.err, 2) < 0 ||
        ::chdir(start.cwd.c_str()) != 0)
      ::_exit(126);
    ::execve(start.program.c_str(), argv_pointers.data(), env_pointers.data());
    ::_exit(127);
  }
  ::close(start.out);
  if (start.err != start.out) ::close(start.err);
  return {pid, start.output};
}

}  // namespace pgo_orch::cli
