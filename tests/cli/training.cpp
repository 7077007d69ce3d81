#include <doctest/doctest.h>

#include <algorithm>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// Two training workloads, small and large; `more` belongs to the large one.
std::string two_workloads(const std::string& more = "") {
  return R"([project]
source = "fib.rs"

[[workload]]
name = "small"
args = ["1"]
train-timeout = "2s"

[[workload]]
name = "large"
args = ["2"]
train-timeout = "2s"
)" + more +
         R"(
[[variant]]
name = "baseline"

[[variant]]
name = "pgo"
pgo = true
)";
}

bool trained(const Test& test) {
  return std::ranges::any_of(test.story(), [](const auto& step) { return step.starts_with("train"); });
}

/// A first run, then whether another one trains again.
bool trains_again(Test& test) {
  test.forget_calls();
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 0);
  CHECK(test.row("pgo").at("pgo").at("training_reused") == !trained(test));
  return trained(test);
}

/// The reason of variant `pgo` when large's training does this.
std::string failure(const std::string& statement) {
  Test test;
  test.file("pgo.toml", two_workloads())
      .file("fib.rs", "if instrumented if arg:2 " + statement + "\nprint 1");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("baseline") == "ok: ");
  CHECK(test.builds().size() == 2);  // the optimized one would be of no use
  return test.reason("pgo");
}

}  // namespace

TEST_CASE("all workloads train, and their profiles are merged with their weights") {
  Test test;
  test.file("pgo.toml", two_workloads("weight = 3\n")).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  const auto merges = test.calls("llvm-profdata");
  REQUIRE(merges.size() == 6);  // to merge and count each workload, to merge all, to prove
  const auto list = test.normal(test.read(".pgo-orch/variants/pgo/profiles/inputs.txt"));
  CHECK(list == R"(1,PROJECT/.pgo-orch/variants/pgo/profiles/raw/small.profdata
3,PROJECT/.pgo-orch/variants/pgo/profiles/raw/large.profdata
)");
}

TEST_CASE("a prepare command that runs the program is no training") {
  Test test;
  test.file("pgo.toml", two_workloads("prepare = [[\"{exe}\"]]\n")).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  for (const auto& workload : test.row("pgo").at("pgo").at("workloads")) CHECK(workload.at("raw_files") == 1);
}

TEST_CASE("training runs a workload as often as it says") {
  Test test;
  test.file("pgo.toml", two_workloads("runs = 3\n")).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  const auto story = test.story();
  CHECK(std::ranges::count(story, "train pgo") == 4);
}

TEST_CASE("a workload that only measures does not train, and one that only trains is checked all the same") {
  Test test;
  test.file("pgo.toml", two_workloads("role = \"train\"\n")).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.calls("program").size() ==
        3 + 2 + 2);  // the baseline twice where it is timed, two trainings, pgo
  Test other;
  other.file("pgo.toml", two_workloads("role = \"measure\"\n")).file("fib.rs", "print 1");
  REQUIRE(other.run({"run", "--no-measure"}).code == 0);
  CHECK(other.calls("program").size() == 4 + 1 + 2);
}

TEST_CASE("training is reused when nothing changed") {
  Test test;
  test.file("pgo.toml", two_workloads()).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  CHECK(!trains_again(test));
  CHECK(test.story() == Words{"fetch", "build baseline/plain", "strip", "run baseline", "run baseline",
                              "run baseline", "run baseline", "build pgo/instrumented", "build pgo/optimized",
                              "show", "strip", "run pgo", "run pgo"});
}

TEST_CASE("a change of a workload's stdin file trains again") {
  Test test;
  test.file("pgo.toml", two_workloads("stdin = \"in.txt\"\n"))
      .file("in.txt", "one\n")
      .file("fib.rs", "print-stdin");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  CHECK(!trains_again(test));
  test.file("in.txt", "two\n");
  CHECK(trains_again(test));
  CHECK(!trains_again(test));
}

TEST_CASE("a change of a workload's arguments, environment or repetitions trains again") {
  Test test;
  test.file("pgo.toml", two_workloads()).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  test.file("pgo.toml", two_workloads("env = { MODE = \"x\" }\n"));
  CHECK(trains_again(test));
  test.file("pgo.toml", two_workloads("runs = 2\n"));
  CHECK(trains_again(test));
  auto other_arguments = two_workloads("runs = 2\n");
  other_arguments.replace(other_arguments.find("args = [\"2\"]"), 12, "args = [\"3\"]");
  test.file("pgo.toml", other_arguments);
  CHECK(trains_again(test));
  CHECK(!trains_again(test));
}

TEST_CASE(
    "a change in a folder that a workload's arguments name trains again, one of its times alone does not") {
  Test test;
  auto toml = two_workloads();
  toml.replace(toml.find("args = [\"2\"]"), 12, "args = [\"data\"]");
  test.file("pgo.toml", toml).file("data/deep/a.txt", "one").file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  test.file("data/deep/a.txt", "one");
  CHECK(!trains_again(test));
  test.file("data/deep/a.txt", "two");
  CHECK(trains_again(test));
  test.file("data/deep/b.txt", "");
  CHECK(trains_again(test));
}

TEST_CASE("a change of a file named behind an option's equals sign, or in a variable, trains again") {
  Test test;
  auto toml = two_workloads("env = { DATA = \"b.txt\" }\n");
  toml.replace(toml.find("args = [\"2\"]"), 12, "args = [\"--in=a.txt\"]");
  test.file("pgo.toml", toml).file("a.txt", "one").file("b.txt", "one").file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  CHECK(!trains_again(test));
  test.file("a.txt", "two");
  CHECK(trains_again(test));
  test.file("b.txt", "two");
  CHECK(trains_again(test));
}

TEST_CASE("raw profiles that are to be kept are made again") {
  Test test;
  test.file("pgo.toml", two_workloads()).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  auto toml = two_workloads();
  toml.replace(toml.find("pgo = true"), 10, "pgo = { keep-raw = true }");
  test.file("pgo.toml", toml);
  CHECK(trains_again(test));
  CHECK(std::filesystem::exists(test.path(".pgo-orch/variants/pgo/profiles/raw/large")));
}

TEST_CASE("another setup or prepare command trains again") {
  Test test;
  test.file("pgo.toml", two_workloads("setup = [[\"true\", \"1\"]]\n"))
      .file("fib.rs", "print 1")
      .tool("true", "exit 0");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  CHECK(!trains_again(test));
  test.file("pgo.toml", two_workloads("setup = [[\"true\", \"2\"]]\n"));
  CHECK(trains_again(test));
  test.file("pgo.toml", two_workloads("setup = [[\"true\", \"2\"]]\nprepare = [[\"true\"]]\n"));
  CHECK(trains_again(test));
}

TEST_CASE("a change of a file that a workload's arguments name trains again") {
  Test test;
  auto toml = two_workloads();
  toml.replace(toml.find("args = [\"2\"]"), 12, "args = [\"data.txt\"]");
  test.file("pgo.toml", toml).file("data.txt", "one").file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  test.file("data.txt", "two");
  CHECK(trains_again(test));
}

TEST_CASE("a change of the program trains again") {
  Test test;
  test.file("pgo.toml", two_workloads()).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  test.file("fib.rs", "print 2");
  CHECK(trains_again(test));
}

TEST_CASE("--fresh trains and builds again") {
  Test test;
  test.file("pgo.toml", two_workloads()).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  test.forget_calls();
  CHECK(test.run({"run", "--no-measure", "--fresh"}).code == 0);
  CHECK(trained(test));
  CHECK(test.row("pgo").at("build").at("stored") == false);
}

TEST_CASE("a profile that was tampered with is trained again") {
  Test test;
  test.file("pgo.toml", two_workloads()).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  test.file(".pgo-orch/variants/pgo/profiles/merged.profdata", "main\n");
  CHECK(trains_again(test));
}

TEST_CASE("raw profiles are removed after the merge, unless keep-raw says otherwise") {
  for (const bool keep : {false, true}) {
    Test test;
    auto toml = two_workloads();
    if (keep) toml.replace(toml.find("pgo = true"), 10, "pgo = { keep-raw = true }");
    test.file("pgo.toml", toml).file("fib.rs", "print 1");
    REQUIRE(test.run({"run", "--no-measure"}).code == 0);
    CHECK(std::filesystem::exists(test.path(".pgo-orch/variants/pgo/profiles/raw/small")) == keep);
  }
}

TEST_CASE("a training that leaves no profile fails the variant and names the workload") {
  CHECK(failure("profile none") ==
        "failed: train large: it wrote no profile. A profile is written when a program ends normally: not "
        "after abort, "
        "a panic with panic = \"abort\", _exit, or a signal. Give it an input after which it exits normally");
}

TEST_CASE("a training that leaves an empty profile fails the variant and names the workload") {
  CHECK(failure("profile empty") ==
        "failed: train large: PROJECT/.pgo-orch/variants/pgo/profiles/raw/large/M_P.profraw is empty: the "
        "program was "
        "killed while it wrote its profile, or the disk is full");
}

TEST_CASE("a training that leaves a corrupt profile fails the variant and names the workload") {
  const auto reason = failure("profile corrupt");
  CHECK(reason.starts_with("failed: "));
  CHECK(reason.find("large") != std::string::npos);
}

TEST_CASE("a training that ends with a wrong code fails the variant and names the workload") {
  CHECK(failure("exit 4") == "failed: train large: exit code 4, expected 0");
}

TEST_CASE("a training that crashes fails the variant and names the workload") {
  CHECK(failure("abort") == "failed: train large: killed by signal 6 (Aborted)");
}

TEST_CASE("a training that takes too long is killed, fails the variant and names the workload") {
  CHECK(failure("sleep 60000") ==
        "failed: train large: timed out after TIME: instrumented programs are slow: raise train-timeout, or "
        "train on a smaller input");
}

TEST_CASE("a failed training says what the program printed last") {
  Test test;
  test.file("pgo.toml", two_workloads());
  test.file("fib.rs", "if instrumented complain cannot open the database\nif instrumented exit 4\nprint 1");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.row("pgo").at("failure").at("tail") == Words{"cannot open the database"});
  CHECK(test.row("pgo").at("failure").at("exit") == 4);
}

TEST_CASE("a training that failed is not taken for done by the next run") {
  Test test;
  test.file("pgo.toml", two_workloads()).file("fib.rs", "if instrumented exit 4\nprint 1");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  test.forget_calls();
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(trained(test));
}
