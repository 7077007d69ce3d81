// Every pass over a program gives it the same world: check, training, timing, and looks inside.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// That a run of this program, with standard output of this kind, goes well, and knows its phases.
void check_passes(Test& test, const std::string& mode, const std::string& program) {
  auto toml = with_workload_keys(fib_and_pgo, "stdout = \"" + mode + "\"");
  toml.replace(toml.find("phases = false"), 14, "phases = true");
  test.file("pgo.toml", toml).file("fib.rs", program);
  CHECK(test.run({"run"}).code == 0);
  for (const char* name : {"baseline", "pgo"}) CHECK(test.reason(name) == "ok: ");
  const auto runs = test.results().at("phases").at("runtime");
  REQUIRE(!runs.empty());
  for (const auto& run : runs)
    if (run.at("source") == "ptrace") CHECK(run.at("unavailable") == "");
}

}  // namespace

TEST_CASE("standard output is of the asked for kind in every pass") {
  for (const std::string mode : {"pipe", "file"}) {
    Test test;
    check_passes(test, mode, "unless stdout:" + mode + " exit 9\nprint 1");
  }
}

TEST_CASE("a workload that is timed with its output on /dev/null trains that way, and is checked by a pipe") {
  Test test;
  check_passes(test, "null",
               "if instrumented unless stdout:null exit 9\nif stdout:file exit 8\n"
               "unless measured unless instrumented unless stdout:pipe exit 7\n"
               "if measured if stdout:null complain to nowhere\nprint 1");
  CHECK(contains(test.read(".pgo-orch/variants/baseline/measure.log"), "to nowhere"));
}
