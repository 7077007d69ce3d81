// No workload of a training drowns another.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// Two workloads, one of which counts a hundred times as much.
struct Training {
  Test test;
  explicit Training(const std::string& pgo, const std::string& small_keys = "") {
    test.file("pgo.toml",
              "[project]\nsource = \"fib.rs\"\n[[workload]]\nname = \"small\"\nargs = [\"1\"]\n" +
                  small_keys +
                  "\n[[workload]]\nname = \"large\"\nargs = [\"2\"]\n[[variant]]\nname = \"baseline\"\n"
                  "[[variant]]\nname = \"pgo\"\npgo = " +
                  pgo + "\n");
    test.file("fib.rs", "print 1\nif arg:1 profile count 96\nif arg:2 profile count 9996");
  }
  /// The weights with which their profiles are merged.
  std::string weights() const {
    CHECK(test.built("pgo") == "ok: ");
    std::string text;
    for (const auto& line : split(test.read(".pgo-orch/variants/pgo/profiles/inputs.txt"), '\n'))
      text += line.substr(0, line.find(',')) + " ";
    return text;
  }
};

}  // namespace

TEST_CASE("by default workloads are merged so that each counts as much as the other") {
  Training training("true");
  CHECK(training.weights() == "100 1 ");
  const auto workloads = training.test.row("pgo").at("pgo").at("workloads");
  CHECK(workloads[0].at("counts") == 100);
  CHECK(workloads[0].at("weight") == 100);
  CHECK(workloads[1].at("counts") == 10000);
  training.test.run({"run", "--no-measure"});
  CHECK(training.test.row("pgo").at("pgo").at("training_reused") == true);
  CHECK(training.test.row("pgo").at("pgo").at("workloads") == workloads);
}

TEST_CASE("a workload's weight is on top of that, and balance = none leaves only that") {
  CHECK(Training("true", "weight = 3").weights() == "300 1 ");
  CHECK(Training("{ balance = \"none\" }", "weight = 3").weights() == "3 1 ");
  Training one("{ train = [\"small\"] }", "weight = 3");
  CHECK(one.weights() == "3 ");
  CHECK_FALSE(one.test.row("pgo").at("pgo").at("workloads")[0].contains("counts"));
}

TEST_CASE("another balance trains again") {
  Training training("true");
  training.weights();
  training.test.file("pgo.toml", training.test.read("pgo.toml") + "balance = \"x\"\n");
  CHECK(training.test.run({"plan"}).code == 2);
  Training none("{ balance = \"none\" }");
  none.weights();
  auto text = none.test.read("pgo.toml");
  none.test.file("pgo.toml", text.replace(text.find("none"), 4, "time"));
  none.weights();
  CHECK(none.test.row("pgo").at("pgo").at("training_reused") == false);
  CHECK(none.test.row("pgo").at("pgo").at("workloads")[0].contains("weight"));
}

TEST_CASE("the shell plan weighs workloads alike") {
  Training training("true", "weight = 2");
  training.test.tool("llvm-profdata-97", "case \"$*\" in *weighted*) echo \"$*\" >> merged ;; esac\n" +
                                             training.test.read("../bin/llvm-profdata-97"));
  training.test.file("plan.sh", training.test.run({"plan", "--format", "sh"}).out);
  const auto ran = training.test.run_program("/bin/sh", {"plan.sh"});
  CAPTURE(ran.err);
  CHECK(ran.code == 0);
  const auto merged = training.test.read("merged");
  CHECK(contains(merged, "--weighted-input=200,"));
  CHECK(contains(merged, "--weighted-input=1,"));
}
