#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string with_pgo = fib + R"(
[[variant]]
name = "fat"
lto = "fat"

[[variant]]
name = "pgo"
pgo = true
)";

const std::string old_profdata = "echo 'LLVM version 14.0.6'";

}  // namespace

TEST_CASE("without llvm-profdata the PGO variants are skipped, with the command that installs it") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1").without("llvm-profdata-97");
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 0);
  CHECK(test.reason("fat") == "ok: ");
  CHECK(test.reason("pgo") == "skipped: no llvm-profdata of LLVM 97: try `apt-get install llvm-97`");
  CHECK(result.err.find(
            "warning: pgo is skipped: no llvm-profdata of LLVM 97: try `apt-get install llvm-97`\n") !=
        std::string::npos);
  CHECK(result.out.find("apt-get install llvm-97") != std::string::npos);
}

TEST_CASE("a skipped variant that was named is exit code 3, and one that only matched a wildcard is not") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1").without("llvm-profdata-97");
  CHECK(test.run({"run", "--no-measure", "--variant", "pgo", "--variant", "fat"}).code == 3);
  CHECK(test.run({"run", "--no-measure", "--variant", "*"}).code == 0);
}

TEST_CASE("when all variants but the baseline are skipped for tools, the exit code is 3") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1").without("llvm-profdata-97");
  CHECK(test.run({"run", "--no-measure", "--variant", "pg*"}).code == 3);
}

TEST_CASE("a baseline that needs a missing tool is exit code 3, and nothing is built") {
  Test test;
  test.file("pgo.toml", fib + "pgo = true\n[[variant]]\nname = \"fat\"\nlto = \"fat\"\n")
      .file("fib.rs", "print 1");
  test.without("llvm-profdata-97");
  CHECK(test.run({"run", "--no-measure"}).code == 3);
  CHECK(test.builds().empty());
}

TEST_CASE("an llvm-profdata of another version does not count, wherever it stands on the PATH") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1").tool("llvm-profdata", old_profdata);
  CHECK(test.built("pgo") == "ok: ");
  test.without("llvm-profdata-97");
  CHECK(test.built("pgo") ==
        "skipped: no llvm-profdata of LLVM 97; TEST/bin/llvm-profdata is of LLVM 14, skipped: try `apt-get "
        "install llvm-97`");
}

TEST_CASE("the variable LLVM_PROFDATA outranks the PATH, and must fit too") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1").tool("old-profdata", old_profdata);
  test.env("LLVM_PROFDATA", test.outside("bin/old-profdata").string());
  CHECK(test.built("pgo") ==
        "skipped: LLVM_PROFDATA=TEST/bin/old-profdata is of LLVM 14.0.6, but rustc's LLVM is 97");
}

TEST_CASE("a rustc without the profiler's runtime is found out before anything is built with it") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1").file("../no-profiler-runtime", "");
  CHECK(test.built("pgo") ==
        "skipped: TEST/bin/rustc can't instrument: can't find crate for `profiler_builtins`");
  CHECK(test.builds().size() == 2);
}

TEST_CASE("a missing linker skips the variant, with the command that installs it") {
  Test test;
  test.file("pgo.toml", fib + R"(
[[variant]]
name = "mold"
linker = "mold"
[[variant]]
name = "fat"
lto = "fat"
)");
  test.file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.reason("mold") == "skipped: no linker 'mold': try `apt-get install mold`");
  CHECK(test.run({"run", "--no-measure", "--variant", "mold"}).code == 3);
}

TEST_CASE("a missing linker driver skips the variant") {
  Test test;
  test.file("pgo.toml", fib + "\n[[variant]]\nname = \"driver\"\nlinker-driver = \"tcc-9\"\n")
      .file("fib.rs", "print 1");
  CHECK(test.built("driver", 3) == "skipped: no linker driver 'tcc-9': try `apt-get install tcc-9`");
}

TEST_CASE("a target whose standard library is missing skips the variant") {
  Test test;
  test.file("pgo.toml", fib + "\n[[variant]]\nname = \"musl\"\ntarget = \"x86_64-unknown-linux-musl\"\n");
  test.file("fib.rs", "print 1");
  CHECK(test.built("musl", 3) ==
        "skipped: the standard library of x86_64-unknown-linux-musl is not installed");
}

TEST_CASE("without cargo or rustc there is one line of what installs them, and exit code 3") {
  for (const std::string tool : {"cargo", "rustc"}) {
    Test test;
    test.file("pgo.toml", with_pgo).file("fib.rs", "print 1").without(tool);
    const auto result = test.run({"run"});
    CHECK(result.code == 3);
    CHECK(result.out == "");
    CHECK(result.err == "error: no " + tool + " on the PATH: try `curl -sSf https://sh.rustup.rs | sh`\n");
  }
}

TEST_CASE("a variable that does not name a program is distinguished from a missing tool") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1").env("RUSTC", "/no/such/rustc");
  const auto result = test.run({"run"});
  CHECK(result.code == 3);
  CHECK(result.err == "error: RUSTC=/no/such/rustc does not name a program\n");
}

TEST_CASE("a rustc that can't run is told apart") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1").tool("rustc", "exit 42");
  const auto result = test.run({"run"});
  CHECK(result.code == 3);
  CHECK(test.normal(result.err) == "error: TEST/bin/rustc -vV: exit code 42\n");
}

TEST_CASE("a toolchain that only rustup could know needs rustup") {
  Test test;
  test.file("pgo.toml", fib + "\n[[variant]]\nname = \"new\"\ntoolchain = \"nightly\"\n")
      .file("fib.rs", "print 1");
  CHECK(test.built("new", 3) ==
        "skipped: toolchain 'nightly' needs rustup: try `curl -sSf https://sh.rustup.rs | sh`");
}

TEST_CASE("plan says what a run would skip, and why") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1").without("llvm-profdata-97");
  const auto result = test.run({"plan"});
  CHECK(result.code == 0);
  CHECK(result.out.find("\npgo\n  skipped: no llvm-profdata of LLVM 97: try `apt-get install llvm-97`\n") !=
        std::string::npos);
}

TEST_CASE("target-cpu native is marked as not portable") {
  Test test;
  test.file("pgo.toml", fib + "\n[[variant]]\nname = \"native\"\ntarget-cpu = \"native\"\n")
      .file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.row("native").at("portable") == false);
  CHECK(test.row("baseline").at("portable") == true);
  const auto plan = test.run({"plan"}).out;
  CHECK(plan.find("native  (not portable)") != std::string::npos);
  CHECK(plan.find("target-cpu=native is toy-cpu (toyvec)") != std::string::npos);
}

TEST_CASE("what llvm-strip cannot strip the machine's own strip does, and it is said") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "print 1");
  const auto script = test.read("../bin/llvm-strip-97");
  const auto line = script.find('\n') + 1;
  test.tool("llvm-strip-97",
            "case $1 in --strip-*) echo 'error: not this one' >&2; exit 1 ;; esac\n" + script.substr(line));
  CHECK(test.run({"run", "--no-measure"}).code == 1);  // no other strip is on the PATH
  test.tool("strip", "echo \"$*\" > stripped");
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 0);
  CHECK(test.normal(result.err)
            .find("note: baseline: stripped by TEST/bin/strip, since TEST/bin/llvm-strip-97 cannot: "
                  "error: not this one\n") != std::string::npos);
  CHECK(test.normal(test.read("stripped")) == "--strip-debug PROJECT/.pgo-orch/variants/baseline/bin/fib\n");
}
