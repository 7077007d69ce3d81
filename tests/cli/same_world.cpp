// Every pass over a program gives it the same world: check, training, timing, and looks inside.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

std::string with_stdout(const std::string& mode) {
  auto toml = fib + "[[variant]]\nname = \"pgo\"\npgo = true\n";
  toml.replace(toml.find("phases = false"), 14, "phases = true");
  return toml.insert(toml.find("\n\n[measure]"), "\nstdout = \"" + mode + "\"");
}

}  // namespace

TEST_CASE("standard output is of the asked for kind in every pass") {
  for (const std::string mode : {"pipe", "file"}) {
    Test test;
    test.file("pgo.toml", with_stdout(mode)).file("fib.rs", "unless stdout:" + mode + " exit 9\nprint 1");
    CHECK(test.run({"run"}).code == 0);
    for (const char* name : {"baseline", "pgo"}) CHECK(test.reason(name) == "ok: ");
    for (const auto& run : test.results().at("phases").at("runtime"))
      CHECK(run.at("unavailable").get<std::string>().find("exit code") == std::string::npos);
  }
}

TEST_CASE("a workload that is timed with its output on /dev/null trains that way, and is checked by a pipe") {
  Test test;
  test.file("pgo.toml", with_stdout("null"));
  test.file("fib.rs", "if instrumented unless stdout:null exit 9\nif stdout:file exit 8\nprint 1");
  CHECK(test.run({"run"}).code == 0);
  for (const char* name : {"baseline", "pgo"}) CHECK(test.reason(name) == "ok: ");
}
