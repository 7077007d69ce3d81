#include <doctest/doctest.h>

#include <sstream>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string several = fib + R"(
[[workload]]
name = "fib-again"

[[variant]]
name = "o2"
opt-level = 2

[[variant]]
name = "o2-fat"
opt-level = 2
lto = "fat"

[[variant]]
name = "o1"
opt-level = 1
)";

struct Project : Test {
  Project() { file("pgo.toml", several).file("fib.rs", "print 1"); }

  Words built() const {
    Words names;
    for (const auto& step : story())
      if (step.starts_with("build ")) names.push_back(step.substr(6, step.find('/') - 6));
    return names;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Project, "--help names the commands and the exit codes, on standard output") {
  for (const char* word : {"--help", "-h", "help"}) {
    const auto result = run({word});
    CHECK(result.code == 0);
    CHECK(result.err == "");
    CHECK(result.out.starts_with("pgo-orch "));
    CHECK(contains(result.out, "\nUsage: pgo-orch COMMAND [pgo.toml] [options]\n"));
    for (const char* command : {"\n  run ", "\n  plan ", "\n  report "}) CHECK(contains(result.out, command));
    CHECK(contains(result.out, "  130  interrupted (143 by SIGTERM)\n"));
  }
}

TEST_CASE_FIXTURE(Project, "each command has a --help with its options") {
  for (const std::string command : {"run", "plan", "analyze", "report", "compare"}) {
    const auto result = run({command, "--help"});
    CHECK(result.code == 0);
    CHECK(result.err == "");
    CHECK(contains(result.out, "\n\nUsage: pgo-orch " + command + " "));
    CHECK(contains(result.out, "\n  -h, --help "));
  }
}

TEST_CASE_FIXTURE(Project, "--version is one line") {
  const auto result = run({"--version"});
  CHECK(result.code == 0);
  CHECK(result.out.starts_with("pgo-orch 0."));
  CHECK(result.out.find('\n') == result.out.size() - 1);
}

TEST_CASE_FIXTURE(Project, "without a command, or with an unknown one, it says what there is") {
  const auto none = run({});
  CHECK(none.code == 2);
  CHECK(none.out == "");
  CHECK(none.err.starts_with("error: no command given: choose from run, try, "));
  const auto unknown = run({"rnu"});
  CHECK(unknown.code == 2);
  CHECK(unknown.out == "");
  CHECK(unknown.err ==
        "error: unknown command 'rnu': choose from run, try, init, doctor, plan, analyze, report, "
        "compare, confirm, gate, history, profile, apply, "
        "release, verify, emit, list, clean, completions, schema; see pgo-orch "
        "--help\n");
}

TEST_CASE_FIXTURE(Project, "an unknown option is refused with the command's help, and nothing runs") {
  const auto result = run({"run", "--no-mesure"});
  CHECK(result.code == 2);
  CHECK(result.out == "");
  CHECK(result.err ==
        "error: run: unknown option '--no-mesure' (did you mean '--no-measure'?); see pgo-orch run "
        "--help\n");
  CHECK(calls("").empty());
}

TEST_CASE_FIXTURE(Project, "options are not guessed from their beginnings") {
  CHECK(run({"run", "--no-meas"}).code == 2);
}

TEST_CASE_FIXTURE(Project, "a second file, a missing value and a wrong value are refused") {
  const auto error = [&](const Words& arguments) {
    const auto result = run(arguments);
    CHECK(result.code == 2);
    CHECK(result.out == "");
    return result.err;
  };
  const std::string see = "; see pgo-orch run --help\n";
  CHECK(error({"completions", "bash", "zsh"}) ==
        "error: completions: only one argument can be given; see pgo-orch completions --help\n");
  CHECK(error({"run", "pgo.toml", "other.toml"}) == "error: run: only one argument can be given" + see);
  CHECK(error({"run", "--files", "pgo.toml"}) == "error: run: unknown option '--files'" + see);
  CHECK(error({"run", "--variant"}) == "error: run: --variant needs a value: --variant GLOB" + see);
  CHECK(error({"run", "--json="}) == "error: run: --json needs a value: --json FILE" + see);
  CHECK(error({"run", "--json", ""}) == "error: run: --json needs a value: --json FILE" + see);
  CHECK(error({"run", ""}) == "error: run: a name is empty" + see);
  CHECK(error({"run", "--quick=3"}) == "error: run: --quick takes no value" + see);
  CHECK(error({"run", "-q", "-q"}) == "error: run: --quiet can be given only once" + see);
  CHECK(run({"run", "--seed", "many"}).err == "error: --seed many: give a whole number\n");
  const auto color = run({"run", "--color", "sometimes"});
  CHECK(color.code == 2);
  CHECK(color.err == "error: --color sometimes: choose auto, always or never\n");
  const auto format = run({"plan", "--format", "yaml"});
  CHECK(format.code == 2);
  CHECK(format.err == "error: --format yaml: choose text, json or sh\n");
  const auto both = run({"run", "--resume", "--fresh"});
  CHECK(both.code == 2);
  CHECK(both.err == "error: --resume and --fresh cannot be used together\n");
  CHECK(calls("").empty());
}

TEST_CASE_FIXTURE(Project, "a missing pgo.toml is said") {
  const auto result = run({"run", "there/pgo.toml"});
  CHECK(result.code == 2);
  CHECK(result.out == "");
  CHECK(result.err.starts_with("error: there/pgo.toml was not found"));
}

TEST_CASE_FIXTURE(Project, "--variant takes globs and may be repeated, and the baseline comes along") {
  CHECK(run({"run", "--no-measure", "--variant", "o2*"}).code == 0);
  CHECK(built() == Words{"baseline", "o2", "o2-fat"});
  forget_calls();
  CHECK(run({"run", "--no-measure", "--variant", "o1", "--variant", "o[2]"}).code == 0);
  CHECK(built() == Words{"baseline", "o2", "o1"});
  forget_calls();
  CHECK(run({"run", "--no-measure", "--variant=baseline"}).code == 0);
  CHECK(built() == Words{"baseline"});
}

TEST_CASE_FIXTURE(Project, "a --variant that matches none is refused before anything is built") {
  const auto result = run({"run", "--variant", "o2", "--variant", "o9*"});
  CHECK(result.code == 2);
  CHECK(normal(result.err) ==
        "error: --variant o9*: there is no such variant in PROJECT/pgo.toml; `pgo-orch plan` lists them\n");
  CHECK(built() == Words{});
}

TEST_CASE_FIXTURE(Project, "plan refuses a --variant that matches none, as run does") {
  const auto result = run({"plan", "--variant", "o9*"});
  CHECK(result.code == 2);
  CHECK(normal(result.err) ==
        "error: --variant o9*: there is no such variant in PROJECT/pgo.toml; `pgo-orch plan` lists them\n");
}

TEST_CASE_FIXTURE(Project, "--workload takes globs, and an unknown one is refused") {
  CHECK(run({"run", "--variant", "o1", "--workload", "fib-*"}).code == 0);
  CHECK(results().at("benchmarks").size() == 1);
  CHECK(results().at("benchmarks").at(0).at("workload") == "fib-again");
  const auto unknown = run({"run", "--workload", "fob"});
  CHECK(unknown.code == 2);
  CHECK(normal(unknown.err) == "error: --workload fob: there is no such workload in PROJECT/pgo.toml\n");
}

TEST_CASE_FIXTURE(Project, "a --workload that matches none is refused beside one that matches") {
  const auto result = run({"run", "--no-measure", "--workload", "fib", "--workload", "fob"});
  CHECK(result.code == 2);
  CHECK(normal(result.err) == "error: --workload fob: there is no such workload in PROJECT/pgo.toml\n");
}

TEST_CASE_FIXTURE(Project, "a selection that is refused leaves the latest run as it was") {
  REQUIRE(run({"run", "--no-measure", "--variant", "o1"}).code == 0);
  CHECK(run({"run", "--variant", "o9"}).code == 2);
  const auto again = run({"report"});
  CHECK(again.code == 0);
  CHECK(again.err == "");
}

TEST_CASE_FIXTURE(Project, "--no-measure times nothing and compares no run times") {
  CHECK(run({"run", "--no-measure"}).code == 0);
  CHECK(results().at("benchmarks").empty());
  for (const auto& comparison : results().at("comparisons")) {
    CHECK(comparison.at("metric") != "runtime");
    CHECK(comparison.at("metric") != "memory");
  }
}

TEST_CASE_FIXTURE(Project, "--quick measures, and writes no report files") {
  CHECK(run({"run", "--quick", "--variant", "o1"}).code == 0);
  CHECK(results().at("benchmarks").size() == 2);
  CHECK(!std::filesystem::exists(path(".pgo-orch/latest/report.md")));
  CHECK(run({"run", "--variant", "o1"}).code == 0);
  CHECK(std::filesystem::exists(path(".pgo-orch/latest/report.md")));
}

TEST_CASE_FIXTURE(Project, "-q prints nothing on standard error, and -v each command") {
  const auto quiet = run({"run", "-q"});
  CHECK(quiet.code == 0);
  CHECK(quiet.err == "");
  CHECK(contains(quiet.out, "vs baseline"));
  const auto verbose = run({"run", "-v", "--no-measure"});
  CHECK(contains(verbose.err, "/cargo build -v --profile release "));
}

TEST_CASE_FIXTURE(Project, "with -q a failure is still in the table and in the exit code") {
  file("fib.rs", "error no\n");
  const auto quiet = run({"run", "-q"});
  CHECK(quiet.code == 1);
  CHECK(quiet.err == "");
  CHECK(contains(quiet.out, "build: exit code 101"));
}

TEST_CASE_FIXTURE(Project, "--state-dir puts everything there, and nothing beside pgo.toml") {
  CHECK(run({"run", "--no-measure", "--state-dir", "../state"}).code == 0);
  CHECK(std::filesystem::exists(outside("state/latest/results.json")));
  CHECK(!std::filesystem::exists(path(".pgo-orch")));
  CHECK(run({"report", "--state-dir", "../state"}).code == 0);
}

TEST_CASE_FIXTURE(Project, "relative paths of pgo.toml start at its folder, wherever one stands") {
  file("deep/there/note", "");
  CHECK(run({"run", "--no-measure", "--variant", "o1"}).code == 0);
  file("../elsewhere/pgo.toml", fib).file("../elsewhere/fib.rs", "print 1");
  CHECK(run({"run", "--no-measure", "../elsewhere/pgo.toml"}).code == 0);
  CHECK(std::filesystem::exists(outside("elsewhere/.pgo-orch/latest/results.json")));
}

TEST_CASE("all errors of a pgo.toml are printed, in its order, and nothing runs") {
  Test test;
  test.file("pgo.toml", R"([project]
source = "fib.rs"

[[variant]]
name = "baseline"
opt-level = 7
[[variant]]
name = "fat"
lot = "fat"
inherits = "nobody"
[[variant]]
name = "fat"
codegen-units = "one"
)");
  test.file("fib.rs", "print 1");
  for (const std::string command : {"run", "plan"}) {
    const auto result = test.run({command});
    CHECK(result.code == 2);
    CHECK(result.out == "");
    CHECK(contains(result.err,
                   "error: pgo.toml:9:1: unknown key 'lot' in variant 'fat' (did you mean 'lto'?)\n"));
    Words places;
    std::istringstream lines(result.err);
    for (std::string line; std::getline(lines, line);) places.push_back(line.substr(0, 18));
    CHECK(places == Words{"error: pgo.toml:6:", "error: pgo.toml:9:", "error: pgo.toml:10",
                          "error: pgo.toml:12", "error: pgo.toml:13"});
  }
  CHECK(test.calls("").empty());
  CHECK(!std::filesystem::exists(test.path(".pgo-orch")));
}

TEST_CASE("a state folder that holds other things is refused, and nothing in it is touched") {
  Test test;
  test.file("pgo.toml", fib)
      .file("fib.rs", "print 1")
      .file("mine/.gitignore", "*.o\n")
      .file("mine/variants/x", "x");
  for (const char* command : {"run", "plan"}) {
    const auto result = test.run({command, "--state-dir", "mine"});
    CHECK(result.code == 2);
    CHECK(test.normal(result.err) ==
          "error: PROJECT/mine is not empty: choose an empty or new folder for --state-dir\n");
  }
  CHECK(test.read("mine/.gitignore") == "*.o\n");
  CHECK(test.read("mine/variants/x") == "x");
}

TEST_CASE("options that contradict each other are refused") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "print 1");
  const auto error = [&](const Words& arguments) {
    const auto result = test.run(arguments);
    CHECK(result.code == 2);
    return result.err;
  };
  CHECK(error({"run", "-q", "-v"}) == "error: --quiet and --verbose cannot be used together\n");
  CHECK(error({"run", "--resume", "--seed", "9"}) ==
        "error: --resume uses the seed of the run it resumes: leave out --seed\n");
  CHECK(error({"run", "--pin", "0,x"}) == "error: --pin 0,x: 'x' is not a CPU available to this process\n");
  CHECK(error({"plan", "--json", "--format", "sh"}) ==
        "error: --json and --format sh cannot be used together\n");
}

TEST_CASE("options that could have no effect are refused") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "print 1").file("r.json", "{}").file("r/results.json", "{}");
  const auto error = [&](const Words& arguments) {
    const auto result = test.run(arguments);
    CHECK(result.code == 2);
    CHECK(result.out == "");
    return result.err;
  };
  CHECK(error({"plan", "--color", "always"}) ==
        "error: plan: unknown option '--color'; see pgo-orch plan --help\n");
  CHECK(error({"verify", "r.json", "--state-dir", "s"}) ==
        "error: verify: unknown option '--state-dir'; see pgo-orch verify --help\n");
  CHECK(error({"analyze", "--export-hyperfine", "h.json"}) ==
        "error: analyze: unknown option '--export-hyperfine'; see pgo-orch analyze --help\n");
  CHECK(error({"report", "r.json", "--run", "1"}) ==
        "error: --run only applies with a pgo.toml, and r.json is one run's results: leave it out\n");
  CHECK(error({"report", "r", "--state-dir", "s"}) ==
        "error: --state-dir only applies with a pgo.toml, and r is one run's results: leave it out\n");
  for (const std::string option : {"max-time", "pin", "against", "export-hyperfine"})
    CHECK(error({"run", "--no-measure", "--" + option, "1"}) ==
          "error: --no-measure and --" + option + " cannot be used together\n");
  CHECK(error({"run", "--no-measure", "--no-aslr"}) ==
        "error: --no-measure and --no-aslr cannot be used together\n");
  CHECK(test.calls("").empty());
}

TEST_CASE_FIXTURE(Project, "schema prints the JSON Schema of pgo.toml, and takes no file") {
  const auto schema = nlohmann::json::parse(run({"schema"}).out);
  CHECK(schema.at("properties").contains("requires"));
  CHECK(schema.at("definitions").at("workload").at("properties").at("weight").at("default") == 1);
  CHECK(run({"schema", "pgo.toml"}).code == 2);
}

TEST_CASE("as cargo-pgo-orch it takes the word that cargo puts in front, and any other name does not") {
  Test test;
  std::filesystem::create_symlink(PGO_ORCH, test.path("cargo-pgo-orch"));
  const auto by_cargo = test.run_program(test.path("cargo-pgo-orch"), {"pgo-orch", "--version"});
  CHECK(by_cargo.code == 0);
  CHECK(by_cargo.out == test.run({"--version"}).out);
  CHECK(test.run_program(test.path("cargo-pgo-orch"), {"--version"}).out == by_cargo.out);
  CHECK(test.run({"pgo-orch", "--version"}).code == 2);
}
