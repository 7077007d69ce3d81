// What programs leave running, also in sessions of their own.

#include <doctest/doctest.h>
#include <signal.h>

#include <thread>

#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/session.h"

using namespace pgo_orch::toolchains;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

Command keeper_shell(const std::string& script, const TempDir& folder) {
  Command command{.argv = {"sh", "-c", script}, .cwd = folder.path()};
  command.ends_all = true;
  return command;
}

const RunnerOptions soon{.grace = 50ms, .orphan_wait = 50ms};
const std::string leave_one =
    "setsid sh -c 'echo $$ > daemon; exec sleep 1000' & while [ ! -s daemon ]; do :; done";

bool lives(const fs::path& pid_file) {
  return ::kill(static_cast<pid_t>(std::stol(read_file(pid_file))), 0) == 0;
}

}  // namespace

TEST_CASE("what left the session is ended with the program, and named") {
  const TempDir folder;
  ProcessRunner runner(soon);
  const auto outcome = runner.run(keeper_shell(leave_one, folder));
  CHECK(outcome.ok());
  CHECK_FALSE(lives(folder.path() / "daemon"));
  REQUIRE(outcome.strays.size() == 1);
  CHECK(outcome.strays[0].starts_with("'sleep 1000' (process "));
  CHECK(outcome.strays[0].ends_with(") was still running, and was ended"));
  CHECK(own_children().empty());
}

TEST_CASE("a process that forks twice, has no parent and ignores SIGTERM does not get away") {
  const TempDir folder;
  ProcessRunner runner(soon);
  const auto outcome = runner.run(
      keeper_shell("setsid sh -c '(trap \"\" TERM; echo $$ > daemon; while :; do sleep 0.01; done) & exit' & "
                   "while [ ! -s daemon ]; do :; done",
                   folder));
  CHECK(outcome.ok());
  CHECK(outcome.strays.size() >= 1);
  CHECK_FALSE(lives(folder.path() / "daemon"));
  CHECK(own_children().empty());
}

TEST_CASE("what a program leaves may end by itself until the timeout, if that is asked for") {
  const TempDir folder;
  auto command = keeper_shell("setsid sh -c 'sleep 0.3; echo done > result' & exit 0", folder);
  command.waits_for_all = true;
  command.timeout = 1min;
  ProcessRunner runner(soon);
  const auto outcome = runner.run(command);
  CHECK(outcome.ok());
  CHECK(outcome.strays.empty());
  CHECK(read_file(folder.path() / "result") == "done\n");
  command.argv[2] = leave_one;
  command.timeout = 2s;
  const auto late = runner.run(command);
  CHECK(late.ok());  // its own end counts
  CHECK(late.strays.size() == 1);
}

TEST_CASE("an orphan that a signal ended is named") {
  const TempDir folder;
  ProcessRunner runner({.orphan_wait = 1min});
  const auto crash = runner.run(keeper_shell("setsid sh -c 'sleep 0.1; kill -SEGV $$' & exit 0", folder));
  REQUIRE(crash.strays.size() == 1);
  CHECK(crash.strays[0].find("was killed by signal 11 (Segmentation fault)") != std::string::npos);
}

TEST_CASE("a service that a command started stays until this process ends") {
  const TempDir folder;
  ProcessRunner runner(soon);
  auto command = keeper_shell(leave_one, folder);
  command.ends_all = false;
  CHECK(runner.run(command).strays.empty());
  CHECK(lives(folder.path() / "daemon"));
  end_all_children();
  CHECK_FALSE(lives(folder.path() / "daemon"));
  CHECK(own_children().empty());
}
