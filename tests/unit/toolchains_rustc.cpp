#include <doctest/doctest.h>

#include <algorithm>

#include "toolchains/error.h"
#include "toolchains/process_runner.h"
#include "toolchains/rustc.h"
#include "toolchains_fakes.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;

namespace {

/// A rustc that says of itself what the real one says.
std::string fake_rustc(const std::string& version) {
  return "case \"$*\" in -vV) printf 'rustc " + version +
         " (abc)\\nhost: x86_64-unknown-linux-gnu\\nrelease: " + version +
         "\\nLLVM version: 77.1.2\\n';; '--print sysroot') echo /sysroot;; '--print target-libdir') echo "
         "/libdir;; *) echo 'error: no' >&2; exit 1;; esac";
}

/// A rustup with one toolchain, "my", whose programs lie in `folder`/my/bin.
std::string fake_rustup(const std::string& folder) {
  return "t=${RUSTUP_TOOLCHAIN:-my}; [ \"$RUSTUP_AUTO_INSTALL\" = 0 ] || exit 9\n"
         "case \"$*\" in 'show active-toolchain') echo \"$t (default)\";;\n"
         "which*) [ $t = my ] || { echo \"error: toolchain '$t' is not installed\" >&2; exit 1; }; echo " +
         folder + "/my/bin/$2;; esac";
}

struct Machine : FakeTools {
  ProcessRunner runner;
  ScopedVariable no_rustc{"RUSTC", std::nullopt};
  ScopedVariable no_cargo{"CARGO", std::nullopt};
  ScopedVariable no_toolchain{"RUSTUP_TOOLCHAIN", std::nullopt};
  const std::string here = folder.path().string();
};

std::optional<Rustc> real_rust(Runner& runner) {
  const auto found = find_rust(runner);
  return found ? std::optional(*found) : std::nullopt;
}

}  // namespace

TEST_CASE("cargo and rustc are those on the PATH, or those that the variables name") {
  Machine machine;
  machine.add("cargo", "");
  machine.add("rustc", fake_rustc("1.96.0"));
  const auto rust = find_rust(machine.runner);
  REQUIRE(rust);
  CHECK(rust->cargo == machine.bin / "cargo");
  CHECK(rust->rustc == machine.bin / "rustc");
  CHECK(rust->version == "1.96.0");
  CHECK(rust->host == "x86_64-unknown-linux-gnu");
  CHECK(rust->llvm_version == "77.1.2");
  CHECK(rust->llvm_major == 77);
  CHECK(rust->sysroot == "/sysroot");
  CHECK(rust->target_libdir == "/libdir");
  CHECK(rust->rustup_toolchain.empty());
  CHECK(rust->env.empty());

  const ScopedVariable variable("RUSTC", machine.add("other/rustc", fake_rustc("1.97.0-nightly")).string());
  CHECK(find_rust(machine.runner)->version == "1.97.0-nightly");
}

TEST_CASE("a folder may be the toolchain, or its bin") {
  Machine machine;
  machine.add("cargo", "");
  const auto rustc = machine.add("tools/bin/rustc", fake_rustc("1.50.0"));
  for (const char* given : {"/tools", "/tools/bin"}) {
    const auto rust = find_rust(machine.runner, machine.here + given);
    REQUIRE(rust);
    CHECK(rust->rustc == rustc);
    CHECK(rust->cargo == machine.bin / "cargo");
    CHECK(rust->env == EnvironmentChanges{{"RUSTC", rustc.string()}});
  }
  CHECK(find_rust(machine.runner, "./tools", machine.folder.path())->version == "1.50.0");
  CHECK(find_rust(machine.runner, machine.here + "/x").missing().what ==
        "no rustc in " + machine.here + "/x or " + machine.here + "/x/bin");
}

TEST_CASE("behind rustup's proxies are the programs of the active toolchain") {
  Machine machine;
  machine.add("rustup", fake_rustup(machine.here));
  for (const char* proxy : {"rustc", "cargo"}) std::filesystem::create_symlink("rustup", machine.bin / proxy);
  machine.add("my/bin/rustc", fake_rustc("1.95.0"));
  machine.add("my/bin/cargo", "");
  for (const char* toolchain : {"", "my"}) {
    const auto rust = find_rust(machine.runner, toolchain);
    REQUIRE(rust);
    CHECK(rust->rustc == machine.folder.path() / "my/bin/rustc");
    CHECK(rust->cargo == machine.folder.path() / "my/bin/cargo");
    CHECK(rust->rustup_toolchain == "my");
    CHECK(rust->env.at("RUSTUP_TOOLCHAIN") == "my");
  }
  const Missing unknown = find_rust(machine.runner, "beta").missing();
  CHECK(unknown.what == "toolchain 'beta' is not installed");
  CHECK(unknown.hint == "rustup toolchain install beta");
}

TEST_CASE("a toolchain that rust-toolchain.toml chooses is named with the command that installs it") {
  Machine machine;
  machine.add("rustc", "");
  machine.add("cargo", "");
  machine.add("rustup",
              "echo \"error: override toolchain '1.90.0' is not installed: the toolchain file at "
              "'/p/rust-toolchain.toml' "
              "specifies an uninstalled toolchain\" >&2; exit 1");
  for (const char* proxy : {"rustc", "cargo"}) {
    std::filesystem::remove(machine.bin / proxy);
    std::filesystem::create_symlink("rustup", machine.bin / proxy);
  }
  const Missing missing = find_rust(machine.runner).missing();
  CHECK(missing.what == "toolchain '1.90.0' is not installed");
  CHECK(missing.hint == "rustup toolchain install 1.90.0");
}

TEST_CASE("a missing or broken Rust is told") {
  Machine machine;
  const ScopedVariable path("PATH", machine.bin.string());
  CHECK(find_rust(machine.runner).missing().what == "no rustc on the PATH");
  CHECK(find_rust(machine.runner, "beta").missing().what == "toolchain 'beta' needs rustup");
  const std::string rustc = machine.add("rustc", "exit 4").string();
  CHECK(find_rust(machine.runner).missing().what == "no cargo on the PATH");
  machine.add("cargo", "");
  CHECK(find_rust(machine.runner).missing().what == rustc + " -vV: exit code 4");
  const ScopedVariable variable("RUSTC", "/nowhere");
  CHECK(find_rust(machine.runner).missing().what == "RUSTC=/nowhere does not name a program");
}

TEST_CASE("a rustc without the profiler runtime is found out") {
  Machine machine;
  machine.add("cargo", "");
  const std::string rustc =
      machine
          .add("rustc",
               fake_rustc("1.96.0") +
                   " || { echo \"error[E0463]: can't find crate for \\`profiler_builtins\\`\" >&2; exit 1; }")
          .string();
  const auto rust = find_rust(machine.runner);
  REQUIRE(rust);
  const Answer answer = has_profiler_runtime(machine.runner, *rust);
  CHECK_FALSE(answer);
  CHECK(answer.reason.starts_with(rustc + " can't instrument: "));
}

TEST_CASE("the real Rust describes itself") {
  ProcessRunner runner;
  const auto rust = real_rust(runner);
  if (!rust) return;
  CHECK(rust->version.find('.') != std::string::npos);
  CHECK(rust->llvm_major >= 10);
  CHECK(std::filesystem::is_directory(rust->target_libdir));
  CHECK(is_executable(rust->cargo));
  CHECK(target_installed(*rust, rust->host));
  const Answer missing = target_installed(*rust, "no-such-target");
  CHECK(missing.reason.starts_with("the standard library of no-such-target is not installed"));

  const auto v3 = cfg_set(runner, *rust, "", {"-Ctarget-cpu=x86-64-v3"});
  if (rust->host.starts_with("x86_64")) CHECK(v3.contains("target_feature=\"avx2\""));
  CHECK_THROWS_WITH_AS(cfg_set(runner, *rust, "", {"-Cnonsense=1"}),
                       "rustc does not accept '-Cnonsense=1': unknown codegen option: `nonsense`", Error);
  CHECK_FALSE(native_cpu(runner, *rust).name.empty());
  CHECK_FALSE(has_profiler_runtime(runner, *rust, "no-such-target"));
}

TEST_CASE("a tool that is asked something may neither hang nor print for ever") {
  struct Recorder : Runner {
    ProcessRunner runner;
    std::vector<Command> commands;
    Outcome run(const Command& command) override {
      commands.push_back(command);
      return runner.run(command);
    }
  } recorder;
  const FakeTools tools;
  tools.add("rustc", "echo release: 1.95.0; echo host: here");
  tools.add("cargo", "exit 0");
  CHECK(find_rust(recorder, "", {}));
  CHECK(recorder.commands.size() == 3);
  for (const auto& command : recorder.commands) {
    CHECK(command.timeout > Nanoseconds{});
    CHECK(command.largest_file > Bytes{});
  }
  Command endless{.argv = {"/bin/sh", "-c", "while :; do echo 0123456789; done"}};
  endless.largest_file = Bytes{4096};
  CHECK(describe(capture(recorder, endless).outcome) == "killed by signal 25 (File size limit exceeded)");
}
