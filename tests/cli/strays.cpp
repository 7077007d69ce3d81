// Processes that outlive the program which started them, in sessions of their own.

#include <doctest/doctest.h>
#include <signal.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

std::string with_train_timeout(const std::string& time) {
  return with_workload_keys(fib_and_pgo, "train-timeout = \"" + time + "\"");
}

/// Of a run whose training leaves this kind of profile.
std::string report_of(Test& test, const std::string& profile) {
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1\nprofile " + profile);
  CHECK(test.built("pgo") == "ok: ");
  return test.read(".pgo-orch/latest/report.md");
}

}  // namespace

TEST_CASE("training waits for what outlives the program, and takes its profile") {
  Test test;
  test.file("pgo.toml", with_train_timeout("1m")).file("fib.rs", "if instrumented leave 2500\nprint 1");
  CHECK(test.built("pgo") == "ok: ");
  CHECK(test.row("pgo").at("pgo").at("workloads").at(0).at("raw_files") == 2);
}

TEST_CASE("a process that training must end fails it, by name") {
  Test test;
  test.file("pgo.toml", with_train_timeout("2s")).file("fib.rs", "if instrumented leave 90000\nprint 1");
  CHECK(contains(test.built("pgo", 1),
                 "failed: train fib: 'fib' (process N) was still running, and was ended, so its profile is "
                 "lost. Training waits for all processes up to train-timeout (TIME)"));
  CHECK(!test.anybody_held_lives());
}

TEST_CASE("a profile that the runtime could not write fails the training") {
  Test test;
  const std::string said = "LLVM Profile Error: Failed to write file \"x\": Permission denied";
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "if instrumented complain " + said);
  CHECK(test.built("pgo", 1) == "failed: train fib: a profile is lost: " + said);
}

TEST_CASE("a profile of a process that was not told where to write it is taken along") {
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1\nprofile astray");
  CHECK(test.built("pgo") == "ok: ");
  CHECK(test.row("pgo").at("pgo").at("workloads").at(0).at("raw_files") == 1);
}

TEST_CASE("what a checked program leaves running is ended, and said") {
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "unless instrumented leave 90000\nprint 1");
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 0);
  CHECK(!test.anybody_held_lives());
  CHECK(contains(result.err, " was still running, and was ended when the program had ended"));
  CHECK(test.has_note("baseline: check fib: '"));
}

TEST_CASE("what left its session does not survive SIGKILL of pgo-orch") {
  Test test;
  test.file("pgo.toml", with_train_timeout("1m")).file("fib.rs", "if instrumented leave 90000\nprint 1");
  auto running = test.start({"run", "--no-measure"});
  test.wait_until_held();
  running.signal(SIGKILL);
  running.wait();
  CHECK(!test.anybody_held_lives());
}

TEST_CASE("functions that no training run called are said") {
  Test test;
  CHECK(
      contains(report_of(test, "cold"),
               "2 of 2 functions (100.0 %) found their profile, 0 did not (compared by metadata and names); "
               "1 of 2 was ever called in training\n"));
  CHECK(test.row("pgo").at("pgo").at("functions_called") == 1);
}

TEST_CASE("where training calls a tenth of the functions at most, the usual cause and its remedy are said") {
  Test test;
  CHECK(contains(report_of(test, "colder"),
                 "1 of 10 was ever called in training. If earlier runs left the work done (a cache), undo "
                 "that in 'prepare'\n"));
}

TEST_CASE("a first run that takes many times the second is said, with what to do") {
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "slow-at-first 3000\nprint 1");
  CHECK(test.built("pgo") == "ok: ");
  CHECK(test.has_note("check fib: the first run took "));
  CHECK(test.has_note("undo that in 'prepare'"));
}
