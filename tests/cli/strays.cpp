// Processes that outlive the program which started them, in sessions of their own.

#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string with_pgo = fib + "[[variant]]\nname = \"pgo\"\npgo = true\n";

std::string with_train_timeout(const std::string& time) {
  auto toml = with_pgo;
  return toml.insert(toml.find("\n\n[measure]"), "\ntrain-timeout = \"" + time + "\"");
}

bool notes_have(const Test& test, const std::string& part) {
  return std::ranges::any_of(test.results().at("notes"), [&](const auto& note) {
    return note.template get<std::string>().find(part) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("training waits for what outlives the program, and takes its profile") {
  Test test;
  test.file("pgo.toml", with_train_timeout("1m")).file("fib.rs", "if instrumented leave 2500\nprint 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.reason("pgo") == "ok: ");
  CHECK(test.row("pgo").at("pgo").at("workloads").at(0).at("raw_files") == 2);
}

TEST_CASE("a process that training must end fails it, by name") {
  Test test;
  test.file("pgo.toml", with_train_timeout("2s")).file("fib.rs", "if instrumented leave 90000\nprint 1");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(
      test.reason("pgo").starts_with("failed: train fib: 'fib' (process N) was still running, and was ended, "
                                     "so its profile is lost. Training "
                                     "waits for all processes up to train-timeout (TIME)"));
  CHECK(!test.anybody_held_lives());
}

TEST_CASE("a profile that the runtime could not write fails the training") {
  Test test;
  test.file("pgo.toml", with_pgo);
  test.file("fib.rs",
            "if instrumented complain LLVM Profile Error: Failed to write file \"x\": Permission denied");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("pgo") ==
        "failed: train fib: a profile is lost: LLVM Profile Error: Failed to write file \"x\": Permission "
        "denied");
}

TEST_CASE("a profile of a process that was not told where to write it is taken along") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1\nprofile astray");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.row("pgo").at("pgo").at("workloads").at(0).at("raw_files") == 1);
}

TEST_CASE("what a checked program leaves running is ended, and said") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "unless instrumented leave 90000\nprint 1");
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 0);
  CHECK(!test.anybody_held_lives());
  CHECK(result.err.find(" was still running, and was ended when the program had ended") != std::string::npos);
  CHECK(notes_have(test, "baseline: check fib: '"));
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
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1\nprofile cold");
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 0);
  CHECK(test.row("pgo").at("pgo").at("functions_called") == 1);
  CHECK(result.out.find("2 of 2 functions (100.0 %)") != std::string::npos);
  auto out = result.out;
  std::ranges::replace(out, '\n', ' ');
  CHECK(out.find("1 of 2 was ever") != std::string::npos);
}

TEST_CASE("a first run that takes many times the second is said, with what to do") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "slow-at-first 1000\nprint 1");
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 0);
  CHECK(notes_have(test, "check fib: the first run took "));
  CHECK(notes_have(test, "undo that in 'prepare'"));
}
