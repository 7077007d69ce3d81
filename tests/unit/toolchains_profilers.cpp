#include <doctest/doctest.h>

#include "toolchains/process_runner.h"
#include "toolchains/profilers.h"
#include "toolchains_fakes.h"

using namespace pgo_orch::toolchains;

namespace {

const std::string perf_version = "[ $1 = --version ] && { echo perf version 6.1.2; exit; }\n";

}  // namespace

TEST_CASE("perf that may sample is found, as is the event that it may sample with") {
  const FakeTools tools;
  ProcessRunner runner;
  tools.add("perf", perf_version + "[ $1 = script ] && echo fib 1; exit 0");
  const auto perf = find_perf(runner);
  REQUIRE(perf);
  CHECK(perf->event == "cpu-clock");
  CHECK(perf->program.path == tools.bin / "perf");
  CHECK(perf->program.version == "6.1.2");
  tools.add("perf", perf_version + "[ \"$7\" = cpu-clock ] && exit 1\n[ $1 = script ] && echo fib 1; exit 0");
  REQUIRE(find_perf(runner));
  CHECK(find_perf(runner)->event == "cpu-clock:u");
}

TEST_CASE("perf that cannot sample is missing, with the kernel's setting and its own last words") {
  const FakeTools tools;
  ProcessRunner runner;
  const auto perf =
      tools.add("perf", perf_version + "echo Error: >&2; echo '  No permission.' >&2; exit 255");
  write_file_atomically(tools.folder.path() / "proc/sys/kernel/perf_event_paranoid", "3\n");
  const auto forbidden = find_perf(runner, tools.folder.path());
  CHECK(forbidden.missing().what ==
        perf.string() + " cannot sample here (kernel.perf_event_paranoid is 3): No permission.");
  CHECK(forbidden.missing().hint == "sysctl kernel.perf_event_paranoid=2");
  tools.add("perf", perf_version + "exit 0");
  CHECK(find_perf(runner, "/nowhere").missing().what ==
        perf.string() + " cannot sample here: it records no samples");
  tools.add("perf", "echo 'perf not found for kernel 6.18' >&2; exit 2");
  CHECK(find_perf(runner).missing().what == perf.string() + " --version: perf not found for kernel 6.18");
}

TEST_CASE("what is nowhere is missing with what installs it") {
  const FakeTools tools;
  const ScopedVariable path("PATH", tools.bin.string());
  const ScopedVariable home("HOME", tools.folder.path().string());
  const ScopedVariable cargo_home("CARGO_HOME", std::nullopt);
  ProcessRunner runner;
  const auto found = find_profilers(runner, tools.folder.path() / "build/release/pgo-orch");
  CHECK(describe(found.perf.missing()) == "no perf: try `apt-get install linux-perf`");
  CHECK(describe(found.valgrind.missing()) == "no valgrind: try `apt-get install valgrind`");
  CHECK(describe(found.flamegraph.missing()) ==
        "no inferno-flamegraph: try `cargo install --locked inferno`");
}

TEST_CASE("inferno-flamegraph is found on the PATH, in cargo's folder, and in tools/bin of the build tree") {
  const FakeTools tools;
  const ScopedVariable path("PATH", tools.bin.string());
  const ScopedVariable home("HOME", tools.folder.path().string());
  const ScopedVariable cargo_home("CARGO_HOME", std::nullopt);
  ProcessRunner runner;
  const auto why = [&] {
    return find_flamegraph(runner, tools.folder.path() / "build/release/pgo-orch")->why;
  };
  tools.add("build/tools/bin/inferno-flamegraph", "exit 0");
  CHECK(why() == "in " + (tools.folder.path() / "build/tools/bin").string());
  tools.add(".cargo/bin/inferno-flamegraph", "exit 0");
  CHECK(why() == "in " + (tools.folder.path() / ".cargo/bin").string());
  {
    const ScopedVariable other("CARGO_HOME", (tools.folder.path() / "cargo").string());
    tools.add("cargo/bin/inferno-flamegraph", "exit 0");
    CHECK(why() == "in " + (tools.folder.path() / "cargo/bin").string());
  }
  tools.add("inferno-flamegraph", "exit 0");
  CHECK(why() == "on the PATH");
  tools.add("inferno-flamegraph", "echo cannot run >&2; exit 1");
  CHECK(find_flamegraph(runner, "/x/pgo-orch").missing().what ==
        (tools.bin / "inferno-flamegraph").string() + " --help: cannot run");
}

TEST_CASE("this machine's perf and valgrind are found or say why not") {
  ProcessRunner runner;
  const auto found = find_profilers(runner, "/nowhere/pgo-orch");
  CHECK((found.perf || !found.perf.missing().what.empty()));
  if (found.valgrind) CHECK_FALSE(found.valgrind->version.empty());
}
