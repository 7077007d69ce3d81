// Workloads of several commands.

#include <doctest/doctest.h>

#include <algorithm>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// Two programs, one of which a workload with these keys names; two variants, one of them trained.
std::string two_programs(const std::string& keys) {
  return with_variant(
      with_workload_keys(project_with("source = [\"fib.rs\", \"gen.rs\"]\n"), "program = \"fib\"\n" + keys),
      "pgo", "pgo = true");
}

/// The project's programs print their arguments.
struct Steps {
  Test test;
  explicit Steps(const std::string& keys, const std::string& fib_source = "print-args") {
    test.file("fib.rs", fib_source)
        .file("gen.rs", "print gen\nprint-args")
        .file("pgo.toml", two_programs(keys));
  }
  Result run(const Words& more = {}) const {
    Words words{"run"};
    words.insert(words.end(), more.begin(), more.end());
    return test.run(words);
  }
};

int runs_of(const Test& test, const std::string& program, const char* kind) {
  return static_cast<int>(std::ranges::count_if(test.calls("program"), [&](const Call& call) {
    return call.args.front().ends_with("/" + program) &&
           call.variable("LLVM_PROFILE_FILE").has_value() == (std::string(kind) == "train");
  }));
}

}  // namespace

TEST_CASE("steps are run in their order, as one run, in training, check and timing") {
  Steps steps(R"(steps = [["{exe}", "a b"], ["{exe.gen}", "{root}", "it's"], ["{exe}", "$HOME"]]
runs = 2
expect = { stdout-matches = "^a b\\ngen\\n/.*/project\\nit's\\n\\$HOME\\n$" })");
  const auto result = steps.run();
  CAPTURE(result.err);
  CHECK(result.code == 0);
  CHECK(steps.test.reason("pgo") == "ok: ");
  CHECK(runs_of(steps.test, "fib", "train") == 4);
  CHECK(runs_of(steps.test, "gen", "train") == 2);
  const auto& timed = steps.test.results().at("benchmarks").at(0).at("results").at(0);
  CHECK(timed.at("times").size() > 1);
  CHECK(contains(timed.at("command").get<std::string>(), "bin/fib"));
}

TEST_CASE("a step that ends otherwise than expected ends the run, and is named") {
  Steps steps("steps = [[\"{exe}\", \"1\"], [\"{exe}\", \"2\"], [\"{exe}\", \"3\"]]",
              "print-args\nif arg:2 exit 7");
  CHECK(steps.run({"--no-measure"}).code == 1);
  CHECK(contains(steps.test.reason("baseline"), "wrong-output: workload fib: exit code 7, expected 0"));
  CHECK(contains(steps.test.read(".pgo-orch/variants/baseline/check.log"), "exit code 7: "));
  CHECK(runs_of(steps.test, "fib", "check") == 2);
  Steps allowed(
      "steps = [[\"{exe}\", \"1\"], [\"{exe}\", \"2\"], [\"{exe}\", \"3\"]]\nexpect = { exit-code = [0, 7] }",
      "print-args\nif arg:2 exit 7");
  CHECK(allowed.run().code == 0);
  CHECK(allowed.test.reason("pgo") == "ok: ");
}

TEST_CASE("a step that fails in training only fails the variant") {
  Steps steps("steps = [[\"{exe}\", \"1\"], [\"{exe}\", \"2\"]]",
              "print-args\nif instrumented if arg:1 exit 7");
  CHECK(steps.run({"--no-measure"}).code == 1);
  CHECK(steps.test.reason("baseline") == "ok: ");
  CHECK(contains(steps.test.reason("pgo"), "exit code 7, expected 0"));
}

TEST_CASE("every step reads the input from its beginning") {
  Steps steps(
      "steps = [[\"{exe}\"], [\"{exe}\"]]\nstdin-text = \"in\\n\"\nexpect = { stdout = \"in\\nin\\n\" }",
      "print-stdin");
  CHECK(steps.run({"--no-measure"}).code == 0);
}

TEST_CASE("the shell plan trains by the same steps") {
  for (const std::string mode : {"pipe", "null", "file"})
    for (const int code : {0, 7}) {
      CAPTURE(mode);
      Steps steps("steps = [[\"{exe}\", \"a b\"], [\"{exe.gen}\", \"2\"]]\nstdout = \"" + mode + "\"",
                  code == 0 ? "print-args" : "print-args\nif instrumented exit 7");
      steps.test.file("plan.sh", steps.test.run({"plan", "--format", "sh"}).out);
      const auto ran = steps.test.run_program("/bin/sh", {"plan.sh"});
      CAPTURE(ran.err);
      CHECK((ran.code == 0) == (code == 0));
      CHECK(runs_of(steps.test, "gen", "train") == (code == 0 ? 1 : 0));
    }
}

TEST_CASE("a reference takes the program's place in every step") {
  Steps steps("steps = [[\"{exe}\", \"1\"], [\"{exe}\", \"2\"]]");
  steps.test.script("other", "echo \"$1\"");
  steps.test.file("pgo.toml",
                  steps.test.read("pgo.toml") + "\n[[reference]]\nname = \"other\"\nrun = [\"./other\"]\n");
  const auto result = steps.run();
  CHECK(result.code == 0);
  CHECK(steps.test.results().at("references").at(0).at("status") == "ok");
  Steps mixed("steps = [[\"{exe}\", \"1\"], [\"{exe.gen}\"]]");
  mixed.test.script("other", "echo \"$1\"");
  mixed.test.file("pgo.toml",
                  mixed.test.read("pgo.toml") + "\n[[reference]]\nname = \"other\"\nrun = [\"./other\"]\n");
  CHECK(mixed.run().code == 0);
  CHECK(contains(mixed.test.results().at("references").at(0).at("reason").get<std::string>(),
                 "has its own steps"));
}

TEST_CASE("phases of a run of steps are refused with the reason") {
  Steps steps("steps = [[\"{exe}\", \"1\"]]");
  const auto result = steps.test.run({"analyze"});
  CHECK(result.code == 0);
  CHECK(contains(steps.test.results().at("phases").dump(), "but this workload has steps"));
}

TEST_CASE("a change of a file that a step names trains again") {
  Steps steps("steps = [[\"{exe}\", \"in.txt\"]]");
  steps.test.file("in.txt", "1");
  CHECK(steps.run({"--no-measure"}).code == 0);
  CHECK(steps.run({"--no-measure"}).code == 0);
  CHECK(steps.test.row("pgo").at("pgo").at("training_reused") == true);
  steps.test.file("in.txt", "2");
  CHECK(steps.run({"--no-measure"}).code == 0);
  CHECK(steps.test.row("pgo").at("pgo").at("training_reused") == false);
}

TEST_CASE("what steps cannot be is said") {
  const auto error = [](const std::string& keys) {
    Steps steps(keys);
    const auto result = steps.test.run({"plan"});
    CHECK(result.code == 2);
    return result.err;
  };
  CHECK(
      contains(error("steps = [[\"{exe}\"]]\nargs = [\"1\"]"), "'args' and 'steps' cannot be used together"));
  CHECK(contains(error("steps = [[\"{exe}\"]]\ncommand = [\"{exe}\"]"),
                 "'steps' and 'command' cannot be used together"));
  CHECK(contains(error("steps = [[\"true\"]]"), "'steps' never run the program"));
  CHECK(contains(error("steps = []"), "'steps' never run the program"));
  CHECK(contains(error("steps = [[\"{exe.gne}\"]]"),
                 "{exe.gne}: the project has no such program: it has 'fib' and 'gen'"));
  CHECK(contains(error("steps = [\"{exe}\"]"), "'steps' must be an array of commands"));
}
