#include "orchestrator/build/step_result.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using Lines = std::vector<std::string>;

namespace {

/// The excerpt of a log with this text.
Lines excerpt(const std::string& log) {
  const toolchains::TempDir folder("log");
  toolchains::write_file_atomically(folder.path() / "build.log", log);
  return tail_of(folder.path() / "build.log");
}

}  // namespace

TEST_CASE("of a panic under RUST_BACKTRACE the message is shown, not the frames") {
  std::string log =
      "   Compiling mix v0.1.0 (/home/me/mix)\n"
      "error: failed to run custom build command for `mix v0.1.0 (/home/me/mix)`\n\n"
      "Caused by:\n"
      "  process didn't exit successfully: `/home/me/mix/target/build-script-build` (exit status: 101)\n"
      "  --- stdout\n";
  for (int i = 0; i < 20; ++i) log += "  cargo:rerun-if-changed=file" + std::to_string(i) + "\n";
  log +=
      "\n  --- stderr\n\n"
      "  thread 'main' (7) panicked at build.rs:3:5:\n"
      "  the font Inter.ttf is missing: run ./fetch-fonts\n"
      "  stack backtrace:\n";
  for (int i = 0; i < 20; ++i)
    log += "  " + std::to_string(i) +
           ": std::rt::lang_start\n             at /rustc/abc/library/std/rt.rs:1:2\n";
  log += "  note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.\n";
  const Lines lines = excerpt(log);
  CHECK(lines.size() <= 12);
  CHECK(lines.front().starts_with("error: failed to run custom build command"));
  CHECK(std::ranges::count(lines, "  thread 'main' (7) panicked at build.rs:3:5:") == 1);
  CHECK(std::ranges::count(lines, "  the font Inter.ttf is missing: run ./fetch-fonts") == 1);
  CHECK(std::ranges::none_of(lines,
                             [](const auto& line) { return line.find("lang_start") != std::string::npos; }));
}

TEST_CASE("of a build script that fails without a panic its message is shown, wherever it stands") {
  for (const std::string message :
       {"fatal: libfoo.h is missing", "CMake Error: no generator", "a.c:1:2: fatal error: no foo.h"}) {
    std::string log =
        "error: failed to run custom build command for `mix v0.1.0 (/home/me/mix)`\n\n"
        "Caused by:\n"
        "  process didn't exit successfully: `/home/me/mix/target/build-script-build` (exit status: 1)\n"
        "  --- stdout\n  error: none, this is said by the way\n";
    for (int i = 0; i < 20; ++i) log += "  cargo:rerun-if-env-changed=A" + std::to_string(i) + "\n";
    log += "\n  --- stderr\n  looking for libfoo\n  " + message + "\n  install libfoo-dev\n";
    for (int i = 0; i < 40; ++i) log += "  trailing " + std::to_string(i) + "\n";
    const Lines lines = excerpt(log);
    CHECK(lines.size() <= 12);
    CHECK(std::ranges::count(lines, "  " + message) == 1);
    CHECK(std::ranges::count(lines, "  install libfoo-dev") == 1);
    CHECK(lines.back() == "  trailing 39");
  }
}

TEST_CASE("of a long log the first error and the end are shown") {
  std::string log = "$ cargo build\n     Running `rustc`\nerror: cannot find value `x`\n";
  for (int i = 1; i <= 20; ++i) log += "line " + std::to_string(i) + "\n";
  const Lines lines = excerpt(log);
  CHECK(lines.size() == 12);
  CHECK(lines.front() == "error: cannot find value `x`");
  CHECK(lines[6] == "...");
  CHECK(lines.back() == "line 20");
  CHECK(excerpt("").empty());
}

TEST_CASE("numbers with a colon that are no frames stay") {
  CHECK(excerpt("7: expected a name\nstack overflow\n") == Lines{"7: expected a name", "stack overflow"});
}

TEST_CASE("what the kernel killed is said to lack memory, whoever passes it on, and nothing else is") {
  const toolchains::TempDir folder("log");
  const auto reason = [&](const toolchains::Outcome& outcome, const std::string& log) {
    toolchains::Command command;
    command.argv = {"cargo"};
    command.log_file = folder.path() / "build.log";
    toolchains::write_file_atomically(command.log_file, log);
    return failed_command("instrumented build", command, outcome).reason;
  };
  const auto exited = [](int code) {
    return toolchains::Outcome{.end = toolchains::End::exited, .exit_code = code};
  };
  const auto lacks_memory = [&](const toolchains::Outcome& outcome, const std::string& log) {
    return reason(std::move(outcome), log).find("killed, perhaps for want of memory") != std::string::npos;
  };
  CHECK(lacks_memory({.end = toolchains::End::signalled, .signal = 9}, ""));
  CHECK(lacks_memory(exited(137), ""));
  CHECK(lacks_memory(exited(101),
                     "error: could not compile `big`\n\nCaused by:\n  process didn't exit successfully: "
                     "`rustc` (signal: 9, SIGKILL: kill)\n"));
  CHECK(lacks_memory(
      exited(101),
      "error: linking with `cc` failed\n  collect2: fatal error: ld terminated with signal 9 [Killed]\n"));
  CHECK(!lacks_memory(exited(101), "error: no such crate\n"));
  CHECK(!lacks_memory({.end = toolchains::End::signalled, .signal = 11}, ""));
  CHECK(!lacks_memory({.end = toolchains::End::timed_out}, ""));
}
