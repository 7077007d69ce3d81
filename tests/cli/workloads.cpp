// What workloads need beside a program and arguments, in training, checks and timed runs alike.

#include <doctest/doctest.h>

#include <algorithm>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// Two variants, one of them trained, that a workload with these keys runs.
std::string with_keys(const std::string& keys) {
  return with_variant(with_workload_keys(fib, keys), "pgo", "pgo = true");
}

/// The exit code of the run, timing included.
int code_of(const std::string& keys, const std::string& source) {
  Test test;
  test.file("pgo.toml", with_keys(keys)).file("fib.rs", source);
  const auto result = test.run({"run"});
  CAPTURE(result.err);
  if (result.code == 0) CHECK(test.reason("pgo") == "ok: ");
  return result.code;
}

/// Runs the script of `plan --format sh`. Its exit code.
int code_of_script(Test& test) {
  test.file("plan.sh", test.run({"plan", "--format", "sh"}).out);
  const auto ran = test.run_program("/bin/sh", {"plan.sh"});
  CAPTURE(ran.err);
  return ran.code;
}

}  // namespace

TEST_CASE("several exit codes may be right") {
  const std::string keys = "args = [\"1\"]\nexpect = { exit-code = [0, 3] }";
  CHECK(code_of(keys, "print 1\nif arg:1 exit 3") == 0);
  CHECK(code_of(keys, "print 1\nif instrumented exit 3") == 0);
  Test test;
  test.file("pgo.toml", with_keys(keys)).file("fib.rs", "print 1\nif instrumented exit 4");
  CHECK(test.built("pgo", 1).find("exit code 4, expected 0 or 3") != std::string::npos);
}

TEST_CASE("the shell plan takes the same exit codes") {
  for (const std::string stdout_mode : {"pipe", "null", "file"})
    for (const int code : {0, 3, 4}) {
      CAPTURE(stdout_mode);
      CAPTURE(code);
      Test test;
      test.file("pgo.toml", with_keys("stdout = \"" + stdout_mode + "\"\nexpect = { exit-code = [0, 3] }"));
      test.file("fib.rs", "print 1\nexit " + std::to_string(code));
      CHECK((code_of_script(test) == 0) == (code != 4));
    }
}

TEST_CASE("clean-env leaves HOME, PATH, TMPDIR and what env sets") {
  const std::string source = "print-env SECRET\nprint-env HOME\nprint-env MINE";
  Test test;
  test.env("SECRET", "x").file("fib.rs", source);
  const auto home = test.outside("home").string();
  const auto keys = [&](const std::string& more, const std::string& secret) {
    return more + "\nexpect = { stdout = \"" + secret + "\\n" + home + "\\n1\\n\" }\nenv = { MINE = \"1\" }";
  };
  const auto passes = [&](const std::string& workload) {
    test.file("pgo.toml", with_keys(workload));
    const auto result = test.run({"run"});
    return result.code == 0 && test.reason("pgo") == "ok: ";
  };
  CHECK(passes(keys("", "x")));
  CHECK(passes(keys("clean-env = true", "(unset)")));
  CHECK(passes(keys("unset = [\"SECRET\"]", "(unset)")));
}

TEST_CASE("an unset variable is unset in training and in the shell plan, too") {
  for (const std::string key : {"clean-env = true", "unset = [\"SECRET\"]"}) {
    CAPTURE(key);
    Test test;
    test.env("SECRET", "x").file("pgo.toml", with_keys(key)).file("fib.rs", "if env:SECRET exit 3\nprint 1");
    CHECK(test.built("pgo") == "ok: ");
    CHECK(code_of_script(test) == 0);
    CHECK(contains(test.run({"plan"}).out, key.starts_with("clean") ? "env -i" : "-u SECRET"));
  }
}

TEST_CASE("each value of a workload is trained, checked and timed by itself") {
  Test test;
  test.file("pgo.toml", with_keys("each = { size = [\"1\", \"2\"] }\nargs = [\"{each.size}\"]"));
  test.file("fib.rs", "print-args");
  CHECK(test.run({"run"}).code == 0);
  const auto& benchmarks = test.results().at("benchmarks");
  REQUIRE(benchmarks.size() == 2);
  CHECK(benchmarks[0].at("workload") == "fib-1");
  CHECK(benchmarks[1].at("workload") == "fib-2");
  CHECK(test.row("pgo").at("pgo").at("workloads").size() == 2);
}
