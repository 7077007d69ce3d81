#include <doctest/doctest.h>

#include "toolchains/llvm_tools.h"
#include "toolchains/process_runner.h"
#include "toolchains_fakes.h"

using namespace pgo_orch::toolchains;

namespace {

/// LLVM 14's llvm-profdata fails on a plain --version, so a fake answers to `merge --version` only.
std::string profdata(const std::string& version) {
  return "[ \"$*\" = 'merge --version' ] || exit 1; echo 'Debian LLVM version " + version +
         "'; echo '  Optimized build.'";
}

struct Machine : FakeTools {
  ProcessRunner runner;
  ScopedVariable no_variable{"LLVM_PROFDATA", std::nullopt};
  Rustc rust{.target_libdir = folder.path() / "rustlib/lib", .rustup_toolchain = "stable-x"};

  Probe<Tool> find(int major) { return find_llvm_tool(runner, "llvm-profdata", major, rust); }
};

}  // namespace

TEST_CASE("a tool of another LLVM is passed over, and named") {
  Machine machine;
  const auto old = machine.add("llvm-profdata", profdata("76.0.6"));
  const auto right = machine.add("llvm-profdata-77", profdata("77.1.2-rust-1.99.0"));
  const auto tool = machine.find(77);
  REQUIRE(tool);
  CHECK(tool->path == right);
  CHECK(tool->version == "77.1.2");
  CHECK(tool->major == 77);
  CHECK(tool->why == "llvm-profdata-77 on the PATH");
  REQUIRE(machine.find(76));
  CHECK(machine.find(76)->path == old);
}

TEST_CASE("an unsuffixed tool that fits is taken, past one that does not") {
  Machine machine;
  const auto suffixed = machine.add("llvm-profdata-77", profdata("78.0.0"));
  const auto plain = machine.add("llvm-profdata", profdata("77.0.0"));
  const auto tool = machine.find(77);
  REQUIRE(tool);
  CHECK(tool->path == plain);
  CHECK(tool->why == "llvm-profdata on the PATH; " + suffixed.string() + " is of LLVM 78, skipped");
}

TEST_CASE("rustup's own llvm-tools go before the PATH") {
  Machine machine;
  machine.add("llvm-profdata-77", profdata("77.0.0"));
  const auto own = machine.add("rustlib/bin/llvm-profdata", profdata("77.1.0"));
  const auto tool = machine.find(77);
  REQUIRE(tool);
  CHECK(tool->path == own);
  CHECK(tool->why == "rustup's llvm-tools");
}

TEST_CASE("a variable goes first, and is never passed over in silence") {
  Machine machine;
  machine.add("llvm-profdata-77", profdata("77.0.0"));
  const std::string mine = machine.add("mine/tool", profdata("77.5.0")).string();
  {
    const ScopedVariable variable("LLVM_PROFDATA", mine);
    const auto tool = machine.find(77);
    REQUIRE(tool);
    CHECK(tool->path == mine);
    CHECK(tool->why == "LLVM_PROFDATA=" + mine);
    CHECK(machine.find(76).missing().what ==
          "LLVM_PROFDATA=" + mine + " is of LLVM 77.5.0, but rustc's LLVM is 76");
  }
  const ScopedVariable variable("LLVM_PROFDATA", "/nowhere/tool");
  CHECK(machine.find(77).missing().what == "LLVM_PROFDATA=/nowhere/tool does not name a program");
}

TEST_CASE("a missing tool is told with what was seen and what installs it") {
  Machine machine;
  const std::string old = machine.add("llvm-profdata", profdata("14.0.6")).string();
  const auto seen = find_llvm_tool(machine.runner, "llvm-profdata", 77, machine.rust).missing();
  CHECK(seen.what.starts_with("no llvm-profdata of LLVM 77; " + old + " is of LLVM 14, skipped"));
  CHECK(seen.hint == "rustup component add llvm-tools --toolchain stable-x");
  machine.rust.rustup_toolchain.clear();
  CHECK(machine.find(77).missing().hint == "apt-get install llvm-77");
  CHECK(find_llvm_tool(machine.runner, "llvm-bolt", 77, machine.rust).missing().hint ==
        "apt-get install bolt-77");
}

TEST_CASE("a tool that fails or names no version is not taken") {
  Machine machine;
  const std::string broken = machine.add("llvm-profdata-77", "exit 3").string();
  const std::string silent = machine.add("llvm-profdata", "echo hello").string();
  CHECK(ask_llvm_tool(machine.runner, "llvm-profdata", broken).missing().what ==
        broken + " merge --version: exit code 3");
  CHECK(ask_llvm_tool(machine.runner, "llvm-strip", silent).missing().what ==
        "`" + silent + " --version` prints no LLVM version");
  CHECK_FALSE(machine.find(77));
}
