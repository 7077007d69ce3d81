// A limit for the whole run.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string three = R"([project]
source = ["fib.rs"]
[[workload]]
name = "fib"
[measure]
phases = false
[[variant]]
name = "baseline"
[[variant]]
name = "fat"
lto = "fat"
[[variant]]
name = "size"
opt-level = "s"
)";

}  // namespace

TEST_CASE("when the time for the run is short, what cannot be built is skipped, and the rest is measured") {
  Test test;
  test.file("pgo.toml", three).file("fib.rs", "print 1");
  const auto result = test.run({"run", "--total-time", "1ms"});
  CHECK(result.code == 0);
  CHECK(test.row("baseline").at("status") == "ok");
  for (const char* late : {"fat", "size"})
    CHECK(test.reason(late) == "skipped: --total-time leaves no time to build it");
  CHECK(test.results().at("benchmarks").at(0).at("rounds") == 3);
}

TEST_CASE("a limit for the run that is no time is an error") {
  Test test;
  test.file("pgo.toml", three).file("fib.rs", "print 1");
  const auto result = test.run({"run", "--total-time", "soon"});
  CHECK(result.code == 2);
  CHECK(contains(result.err, "--total-time soon: give a time, e.g. 30s or 5m"));
}
