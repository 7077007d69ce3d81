#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "toolchains/files.h"
#include "toolchains/interrupt.h"
#include "toolchains/process_runner.h"
#include "toolchains/session.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

Command shell(const std::string& script) {
  return {.argv = {"sh", "-c", script}};
}

/// Dead, or ended and waiting for somebody to reap it.
bool is_gone(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  return text.empty() || text.find(") Z ") != std::string::npos;
}

/// Waits for what must happen; the test's own time-out is for when it does not.
template <typename Condition>
void wait_until(Condition condition) {
  while (!condition()) std::this_thread::sleep_for(2ms);
}

pid_t pid_in(const fs::path& file) {
  wait_until([&] { return fs::exists(file) && !read_file(file).empty() && read_file(file).back() == '\n'; });
  return static_cast<pid_t>(std::stol(read_file(file)));
}

bool no_children_left() {
  return own_children().empty();
}

const RunnerOptions impatient{.grace = 50ms, .orphan_wait = 50ms};

}  // namespace

TEST_CASE("a program's exit code, signal and output are told") {
  ProcessRunner runner;
  CHECK(runner.run(shell("exit 0")).ok());
  CHECK(describe(runner.run(shell("exit 3"))) == "exit code 3");
  const Outcome killed = runner.run(shell("kill -SEGV $$"));
  CHECK(killed.end == End::signalled);
  CHECK(describe(killed) == "killed by signal 11 (Segmentation fault)");
  const Captured captured = capture(runner, shell("echo out; echo err >&2; cat"));
  CHECK(captured.ok());
  CHECK(captured.out == "out\n");
  CHECK(captured.err == "err\n");
}

TEST_CASE("standard input comes from the file, and output goes to files whose folders are made") {
  const TempDir folder;
  write_file_atomically(folder.path() / "in", "hello\n");
  Command command = shell("cat; echo problem >&2");
  command.stdin_file = folder.path() / "in";
  command.stdout_file = folder.path() / "new/out";
  command.log_file = folder.path() / "logs/deep/log";
  ProcessRunner runner;
  CHECK(runner.run(command).ok());
  CHECK(runner.run(command).ok());
  CHECK(read_file(folder.path() / "new/out") == "hello\n");
  CHECK(read_file(folder.path() / "logs/deep/log") == "problem\nproblem\n");

  command.stdout_file.clear();
  command.log_file = folder.path() / "joined";
  CHECK(runner.run(command).ok());
  CHECK(read_file(folder.path() / "joined") == "hello\nproblem\n");
}

TEST_CASE("variables are set and unset, and the folder is changed, for the child only") {
  const TempDir folder;
  ::setenv("PGO_ORCH_TEST_GONE", "1", 1);
  Command command = shell("echo \"$PGO_ORCH_TEST_NEW ${PGO_ORCH_TEST_GONE-unset}\"; pwd -P");
  command.env = {{"PGO_ORCH_TEST_NEW", "a b"}, {"PGO_ORCH_TEST_GONE", std::nullopt}};
  command.cwd = folder.path();
  ProcessRunner runner;
  CHECK(capture(runner, command).out == "a b unset\n" + fs::canonical(folder.path()).string() + "\n");
  CHECK(std::getenv("PGO_ORCH_TEST_NEW") == nullptr);
  ::unsetenv("PGO_ORCH_TEST_GONE");
}

TEST_CASE("the child's own PATH and folder decide which program it is, and argv[0] stays as given") {
  const TempDir folder;
  write_file_atomically(folder.path() / "bin/tool", "#!/bin/sh\necho mine\n");
  fs::permissions(folder.path() / "bin/tool", fs::perms::owner_all);
  ProcessRunner runner;
  Command command{.argv = {"tool"}, .env = {{"PATH", (folder.path() / "bin").string() + ":/usr/bin:/bin"}}};
  CHECK(capture(runner, command).out == "mine\n");
  CHECK(capture(runner, {.argv = {"./tool"}, .cwd = folder.path() / "bin"}).out == "mine\n");
  CHECK(capture(runner, {.argv = {"sh", "-c", "tr '\\0' '\\n' < /proc/$$/cmdline | head -1"}}).out == "sh\n");
}

TEST_CASE("what can't be started says why") {
  const TempDir folder;
  ProcessRunner runner;
  const auto reason = [&](const Command& command) { return describe(runner.run(command)); };
  const std::string here = folder.path().string();
  CHECK(reason({.argv = {"no-such-program"}}) == "not started: no program 'no-such-program' on the PATH");
  CHECK(reason({.argv = {here + "/x"}}) == "not started: no such program: " + here + "/x");
  CHECK(reason({}) == "not started: the command is empty");
  CHECK(reason({.argv = {"true"}, .cwd = here + "/x"}) == "not started: no such folder: " + here + "/x");
  CHECK(reason({.argv = {"true"}, .stdin_file = here + "/x"}) ==
        "not started: " + here + "/x: No such file or directory");
  write_file_atomically(folder.path() / "script", "no #! line");
  fs::permissions(folder.path() / "script", fs::perms::owner_all);
  CHECK(reason({.argv = {here + "/script"}}) ==
        "not started: " + here +
            "/script: Exec format error: it is not built for this machine, or a script without #!");
  CHECK(no_children_left());
}

TEST_CASE("a lot of output arrives in full") {
  const TempDir folder;
  Command command = shell("head -c 50000000 /dev/zero");
  command.stdout_file = folder.path() / "out";
  ProcessRunner runner;
  CHECK(runner.run(command).ok());
  CHECK(fs::file_size(command.stdout_file) == 50000000);
}

TEST_CASE("a child has no descriptor of ours, no ignored SIGPIPE and a session of its own") {
  ::signal(SIGPIPE, SIG_IGN);
  ProcessRunner runner;
  const Captured captured = capture(runner, shell("ls /proc/$$/fd; cut -d' ' -f5,6 /proc/$$/stat; echo $$; "
                                                  "grep SigIgn /proc/$$/status"));
  ::signal(SIGPIPE, SIG_DFL);
  std::istringstream lines(captured.out);
  std::string in, out, err, group_and_session, pid, ignored;
  std::getline(lines, in), std::getline(lines, out), std::getline(lines, err);
  std::getline(lines, group_and_session), std::getline(lines, pid), std::getline(lines, ignored);
  CHECK(in + out + err == "012");
  CHECK(group_and_session == pid + " " + pid);
  const auto mask = std::stoull(ignored.substr(ignored.find('\t')), nullptr, 16);
  CHECK((mask & (1ULL << (SIGPIPE - 1))) == 0);  // others are ignored where whoever started us ignores them
}

TEST_CASE("a timeout ends the program and its grandchildren, also those in a group of their own") {
  const TempDir folder;
  Command command = shell(
      "sh -c 'echo $$ > grandchild; sleep 1000' & timeout 1000 sh -c 'echo $$ > moved; sleep 1000' & wait");
  command.cwd = folder.path();
  command.timeout = 1s;
  ProcessRunner runner;
  const Outcome outcome = runner.run(command);
  CHECK(outcome.end == End::timed_out);
  CHECK(outcome.wall >= 1s);
  CHECK(describe(outcome).starts_with("timed out after 1"));
  CHECK(is_gone(pid_in(folder.path() / "grandchild")));
  CHECK(is_gone(pid_in(folder.path() / "moved")));
  CHECK(no_children_left());
}

TEST_CASE("who ignores SIGTERM is killed after the grace, and who heeds it can clean up") {
  const TempDir folder;
  Command command = shell("trap '' TERM; echo $$ > pid; while :; do sleep 0.01; done");
  command.cwd = folder.path();
  command.timeout = 500ms;
  ProcessRunner runner(impatient);
  CHECK(runner.run(command).end == End::timed_out);
  CHECK(is_gone(pid_in(folder.path() / "pid")));

  command.argv[2] = "trap 'echo cleaned > result; exit' TERM; while :; do sleep 0.01; done";
  ProcessRunner patient({.grace = 1min});
  CHECK(patient.run(command).end == End::timed_out);
  CHECK(read_file(folder.path() / "result") == "cleaned\n");
}

TEST_CASE("an orphan's processor time counts") {
  ProcessRunner runner({.orphan_wait = 1min});
  // The parent ends at once; its child burns processor time and is nobody's but ours.
  const Outcome outcome = runner.run(shell("(i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done) & exit 5"));
  CHECK(outcome.exit_code == 5);
  CHECK(outcome.user + outcome.system > 20ms);
  CHECK(outcome.peak_rss.count > 500'000);
  CHECK(no_children_left());
}

TEST_CASE("an orphan that stays is killed, and the program's own end still counts") {
  const TempDir folder;
  Command command = shell("sh -c 'echo $$ > orphan; sleep 1000' & while [ ! -s orphan ]; do :; done; exit 4");
  command.cwd = folder.path();
  ProcessRunner runner(impatient);
  const Outcome outcome = runner.run(command);
  CHECK(describe(outcome) == "exit code 4");
  CHECK(is_gone(pid_in(folder.path() / "orphan")));
  CHECK(no_children_left());
}

TEST_CASE("who made a session of its own is ended at exit") {
  const TempDir folder;
  Command command = shell("setsid sh -c 'echo $$ > daemon; sleep 1000' & while [ ! -s daemon ]; do :; done");
  command.cwd = folder.path();
  ProcessRunner runner(impatient);
  CHECK(runner.run(command).ok());
  const pid_t daemon = pid_in(folder.path() / "daemon");
  CHECK_FALSE(is_gone(daemon));
  end_all_children();
  CHECK(is_gone(daemon));
  CHECK(no_children_left());
}

TEST_CASE("an interrupt ends what runs, in every thread, and lets nothing more start") {
  const TempDir folder;
  ProcessRunner runner;
  Outcome outcomes[2];
  std::vector<std::jthread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      Command command = shell("echo $$ > " + std::to_string(i) + "; sleep 1000");
      command.cwd = folder.path();
      outcomes[i] = runner.run(command);
    });
  }
  const pid_t first = pid_in(folder.path() / "0");
  const pid_t second = pid_in(folder.path() / "1");
  install_interrupt_handlers();
  ::kill(::getpid(), SIGTERM);
  threads.clear();
  for (const Outcome& outcome : outcomes) CHECK(describe(outcome) == "interrupted");
  CHECK(interrupted() == SIGTERM);
  CHECK(is_gone(first));
  CHECK(is_gone(second));
  CHECK(runner.run(shell("exit 0")).end == End::interrupted);
  clear_interrupt();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
  CHECK(runner.run(shell("exit 0")).ok());
}

TEST_CASE("a second interrupt does not wait for the grace") {
  const TempDir folder;
  Command command = shell("trap '' TERM; echo $$ > pid; while :; do sleep 0.01; done");
  command.cwd = folder.path();
  ProcessRunner runner({.grace = 1h});
  Outcome outcome;
  std::jthread thread([&] { outcome = runner.run(command); });
  const pid_t pid = pid_in(folder.path() / "pid");
  raise_interrupt(SIGINT);
  raise_interrupt(SIGINT);
  thread.join();
  clear_interrupt();
  CHECK(outcome.end == End::interrupted);
  CHECK(is_gone(pid));
}

TEST_CASE("many threads run commands at once") {
  ProcessRunner runner;
  // A fork copies the allocator as it is, and its locks are often held: a child must not need it.
  std::vector<std::jthread> allocating;
  for (int i = 0; i < 2; ++i) {
    allocating.emplace_back([](const std::stop_token& stop) {
      while (!stop.stop_requested()) std::vector<std::unique_ptr<int>>(1).front() = std::make_unique<int>(1);
    });
  }
  std::vector<std::jthread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 10; ++j) {
        const std::string text = std::to_string(i * 100 + j);
        const Captured captured = capture(runner, shell("(echo " + text + ") & wait; exit 7"));
        good += captured.outcome.exit_code == 7 && captured.out == text + "\n";
      }
    });
  }
  threads.clear();
  CHECK(good == 80);
  CHECK(no_children_left());
}

// Run by the next test in a process of its own.
TEST_CASE("helper: run a long command" * doctest::skip()) {
  ProcessRunner runner;
  write_file_atomically("runner", std::to_string(::getpid()) + "\n");
  (void)runner.run(shell("trap '' TERM; setsid sh -c 'echo $$ > grandchild; sleep 1000' & wait"));
}

TEST_CASE("when we are killed by SIGKILL, our children and grandchildren are killed too") {
  const TempDir folder;
  ProcessRunner runner;
  Outcome outcome;
  const fs::path self = fs::read_symlink("/proc/self/exe");
  std::jthread thread([&] {
    outcome =
        runner.run({.argv = {self.string(), "-ns", "-tc=helper: run a long command"}, .cwd = folder.path()});
  });
  const pid_t grandchild = pid_in(folder.path() / "grandchild");
  CHECK_FALSE(is_gone(grandchild));
  ::kill(pid_in(folder.path() / "runner"), SIGKILL);
  thread.join();
  CHECK(outcome.signal == SIGKILL);
  wait_until([&] { return is_gone(grandchild); });
  end_all_children();
}

TEST_CASE("standard output can be a pipe, whose content goes to a file or nowhere") {
  const TempDir folder;
  Command command = shell("test -p /dev/stdout || exit 9; head -c 1000000 /dev/zero; echo problem >&2");
  command.stdout_pipe = true;
  command.log_file = folder.path() / "log";
  ProcessRunner runner;
  CHECK(runner.run(command).ok());
  command.stdout_file = folder.path() / "out";
  CHECK(runner.run(command).ok());
  CHECK(fs::file_size(command.stdout_file) == 1000000);
  CHECK(read_file(command.log_file) == "problem\nproblem\n");
}
