// Processes that outlive the program which started them, in sessions of their own.

#include <doctest/doctest.h>
#include <signal.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

std::string with_train_timeout(const std::string& time) {
  return with_workload_keys(fib_and_pgo, "train-timeout = \"" + time + "\"");
}

/// The status and reason of `pgo` where training is of front.rs, beside which there is a helper.
std::string trained_with_helper(Test& test, const std::string& front, const std::string& helper,
                                const std::string& more = "") {
  const auto toml =
      with_variant(project_with("source = [\"front.rs\", \"helper.rs\"]\n", "w"), "pgo", "pgo = true");
  test.file("pgo.toml", with_workload_keys(toml, "program = \"front\"" + more));
  test.file("front.rs", "if instrumented " + front + "\nprint 1").file("helper.rs", helper);
  return test.built("pgo", more.empty());
}

constexpr auto no_profile = " (process N) wrote no profile";

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

TEST_CASE("training fails where a program kills another one, and so loses its profile") {
  Test test;
  CHECK(contains(trained_with_helper(test, "kill-beside helper", "sleep 60000"),
                 std::string("failed: train w: 'helper'") + no_profile +
                     ", so what it did is not in the profile. A profile is written when a program ends "
                     "normally: not after a signal, abort or _exit, nor when it becomes another program "
                     "(exec). Let it end normally; if nothing of it needs training, write lost-profiles = "
                     "\"allow\" in [[workload]]"));
}

TEST_CASE("training fails where a program becomes another one, and so loses its profile") {
  Test test;
  CHECK(contains(trained_with_helper(test, "exec-beside helper", "print 1"),
                 std::string("failed: train w: 'front'") + no_profile));
}

TEST_CASE("training fails where one of the programs writes no profile at all") {
  Test test;
  CHECK(contains(trained_with_helper(test, "beside helper", "profile none"),
                 std::string("failed: train w: 'helper'") + no_profile));
}

TEST_CASE("training fails where a copy that fork made leaves without a profile") {
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "if instrumented fork-away\nprint 1");
  CHECK(contains(test.built("pgo", 1), std::string("failed: train fib: 'fib'") + no_profile));
}

TEST_CASE("a copy that was only made to execute another program has no profile to lose") {
  for (const char* file : {"/nowhere/at/all", "/bin/true"}) {
    Test test;
    test.file("pgo.toml", fib_and_pgo);
    test.file("fib.rs", std::string("if instrumented fork-for ") + file + "\nprint 1");
    CHECK(test.built("pgo") == "ok: ");
  }
}

TEST_CASE("nobody looks for lost profiles where they are to be ignored") {
  Test test;
  test.file("pgo.toml", with_workload_keys(fib_and_pgo, "lost-profiles = \"ignore\""));
  test.file("fib.rs", "if instrumented fork-away\nprint 1");
  CHECK(test.built("pgo") == "ok: ");
  CHECK(test.row("pgo").at("pgo").at("workloads").at(0).count("remarks") == 0);
}

TEST_CASE("profiles that may be lost are noted") {
  Test test;
  CHECK(trained_with_helper(test, "kill-beside helper", "sleep 60000", "\nlost-profiles = \"allow\"") ==
        "ok: ");
  CHECK(test.has_note(std::string("pgo: train w: 'helper'") + no_profile + ", which lost-profiles allows"));
  CHECK(test.row("pgo").at("pgo").at("workloads").at(0).at("remarks").size() == 1);
  CHECK(
      contains(trained_with_helper(test, "kill-beside helper", "sleep 60000"), "failed: train w: 'helper'"));
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

TEST_CASE(
    "where training calls a hundredth of the functions at most, the usual cause and its remedy are said") {
  Test test;
  CHECK(contains(report_of(test, "colder"),
                 "1 of 102 was ever called in training. If earlier runs left the work done (a cache), undo "
                 "that in 'prepare'\n"));
}

TEST_CASE("a first run that takes many times the second is said, with what to do") {
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "slow-at-first 3000\nprint 1");
  CHECK(test.built("pgo") == "ok: ");
  CHECK(test.has_note("check fib: the first run took "));
  CHECK(test.has_note("undo that in 'prepare'"));
}
