#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "test.h"

using namespace pgo_orch::cli;
using nlohmann::json;

namespace {

struct Project : Test {
  Project() {
    file("pgo.toml", fib + "\n[[variant]]\nname = \"fat\"\nlto = \"fat\"\n").file("fib.rs", "print 1");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Project, "--json - prints nothing but the results, the same as in the run's folder") {
  const auto result = run({"run", "--json", "-"});
  CHECK(result.code == 0);
  CHECK(result.out == read(".pgo-orch/latest/results.json"));
  const auto printed = json::parse(result.out);
  CHECK(printed.at("schema") == "pgo-orch/results/1");
  CHECK(printed.at("variants").size() == 2);
  CHECK(printed.at("run").at("interrupted") == false);
}

TEST_CASE_FIXTURE(Project,
                  "the exports are written where they are wanted, beside the table on standard output") {
  const auto result = run({"run", "--json", "r.json", "--markdown", "r.md", "--csv",
                           outside("r.csv").string(), "--export-hyperfine", "hyperfine.json"});
  CHECK(result.code == 0);
  CHECK(contains(result.out, "vs baseline"));
  CHECK(read("r.json") == read(".pgo-orch/latest/results.json"));
  CHECK(read("r.md") == read(".pgo-orch/latest/report.md"));
  CHECK(contains(read("r.md"), "| "));
  CHECK(contains(read("../r.csv"), "baseline"));
  const auto hyperfine = json::parse(read("hyperfine.json"));
  REQUIRE(hyperfine.at("results").size() == 2);
  for (const auto& each : hyperfine.at("results")) {
    for (const char* key :
         {"command", "mean", "stddev", "median", "user", "system", "min", "max", "times", "exit_codes"}) {
      CAPTURE(key);
      CHECK(each.contains(key));
    }
    CHECK(each.at("times").size() == results().at("benchmarks").at(0).at("rounds"));
  }
}

TEST_CASE_FIXTURE(Project, "an export may go to a descriptor of the shell, and each to a place of its own") {
  REQUIRE(run({"run"}).code == 0);
  const auto shell = [&](const std::string& script) { return run_program("/bin/bash", {"-c", script}); };
  CHECK(shell(PGO_ORCH " report --json /dev/stdout | cat").out == read(".pgo-orch/latest/results.json"));
  CHECK(shell(PGO_ORCH " report --json >(cat >copy.json); wait $!; cat copy.json")
            .out.ends_with(read(".pgo-orch/latest/results.json")));
  CHECK(run({"report", "--json", "-", "--csv", "/dev/stdout"}).err ==
        "error: --json and --csv both write to standard output: name another file for one of them\n");
  CHECK(run({"run", "--json", "same", "--csv", "./same"}).err ==
        "error: --json and --csv both write to ./same: name another file for one of them\n");
  CHECK(!std::filesystem::exists(path("same")));
}

TEST_CASE_FIXTURE(Project, "an error that cannot be written is still told by the exit code") {
  for (const std::string to : {">/dev/full", "2>/dev/full", ">&-", "2>&-"})
    CHECK_MESSAGE(run_program("/bin/sh", {"-c", PGO_ORCH " nope " + to}).code == 2, to);
  const auto gone =
      run_program("/bin/sh", {"-c", "mkdir gone && cd gone && /bin/rmdir ../gone && " PGO_ORCH " run"});
  CHECK(gone.err == "error: the current folder does not exist any more: change to another one\n");
}

TEST_CASE_FIXTURE(Project, "a run is finished even if an export cannot be written") {
  CHECK(run({"run", "--json", "/dev/full"}).code == 1);
  CHECK(contains(run({"list"}).out, "  finished "));
}

TEST_CASE_FIXTURE(Project, "report names the run that it shows where it says how to see more") {
  REQUIRE(run({"run"}).code == 0);
  REQUIRE(run({"run"}).code == 0);
  CHECK(contains(run({"report"}).out, " pgo-orch report --verbose\n"));
  CHECK(contains(run({"report", "--run", "previous"}).out, " pgo-orch report --run previous --verbose\n"));
}

TEST_CASE_FIXTURE(Project, "report shows the latest run again, in every format the same") {
  const auto first =
      run({"run", "--markdown", "1.md", "--csv", "1.csv", "--export-hyperfine", "1.hyperfine"});
  REQUIRE(first.code == 0);
  forget_calls();
  const auto again = run({"report", "--json", "2.json", "--markdown", "2.md", "--csv", "2.csv",
                          "--export-hyperfine", "2.hyperfine"});
  CHECK(again.code == 0);
  CHECK(again.err == "");
  CHECK(again.out == first.out);
  CHECK(read("2.json") == read(".pgo-orch/latest/results.json"));
  CHECK(read("2.md") == read("1.md"));
  CHECK(read("2.csv") == read("1.csv"));
  CHECK(read("2.hyperfine") == read("1.hyperfine"));
  CHECK(calls("").empty());
}

TEST_CASE_FIXTURE(Project, "report takes a results file, a run's folder or an earlier run's id") {
  REQUIRE(run({"run", "--no-measure", "--json", "kept.json"}).code == 0);
  const std::string id = results().at("run").at("id");
  const auto shown = [&](Words words) {
    words.insert(words.begin(), "report");
    const auto out = run(words).out;
    return out.substr(0, out.find("details: "));
  };
  const auto first = shown({});
  REQUIRE(run({"run", "--no-measure", "--variant", "baseline"}).code == 0);
  CHECK(shown({}) != first);
  CHECK(shown({"kept.json"}) == first);
  CHECK(shown({".pgo-orch/runs/" + id}) == first);
  CHECK(shown({"--run", id}) == first);
}

TEST_CASE_FIXTURE(Project, "report without a run, and of what is no results file, says so") {
  const auto none = run({"report"});
  CHECK(none.code == 2);
  CHECK(
      normal(none.err) ==
      "error: there is no PROJECT/.pgo-orch/latest/results.json: start a run with `pgo-orch run`, or name a "
      "results.json\n");
  file("other.json", "{\"schema\": \"hyperfine\"}");
  const auto other = run({"report", "other.json"});
  CHECK(other.code == 2);
  CHECK(other.err ==
        "error: other.json: schema 'hyperfine' is not supported; this version of pgo-orch reads "
        "'pgo-orch/results/1'\n");
  file("cut.json", "{\"schema\": \"pgo-or");
  const auto cut = run({"report", "cut.json"});
  CHECK(cut.code == 2);
  CHECK(cut.err == "error: cut.json: not JSON: it ends in the middle; was it cut off?\n");
  const std::string long_name(300, 'x');
  const auto refused = run({"report", long_name});
  CHECK(refused.code == 1);
  CHECK(refused.err == "error: " + long_name + "/results.json: File name too long\n");
}

TEST_CASE_FIXTURE(Project, "a failed run is shown again too") {
  file("fib.rs", "error cannot find `x`\n");
  const auto first = run({"run"});
  CHECK(first.code == 1);
  CHECK(run({"report"}).out == first.out);
}

TEST_CASE_FIXTURE(Project, "there is no colour in a file, unless asked for") {
  REQUIRE(run({"run", "--no-measure"}).code == 0);
  CHECK(!contains(run({"report"}).out, "\x1b["));
  CHECK(contains(run({"report", "--color", "always"}).out, "\x1b["));
}

TEST_CASE_FIXTURE(Project, "there is colour on a terminal, unless NO_COLOR or --color never forbid it") {
  REQUIRE(run({"run", "--no-measure"}).code == 0);
  CHECK(contains(run_on_terminal({"report"}).out, "\x1b["));
  CHECK(!contains(run_on_terminal({"report", "--color", "never"}).out, "\x1b["));
  env("NO_COLOR", "1");
  CHECK(!contains(run_on_terminal({"report"}).out, "\x1b["));
  CHECK(contains(run_on_terminal({"report", "--color", "always"}).out, "\x1b["));
  env("NO_COLOR", "");
  CHECK(contains(run_on_terminal({"report"}).out, "\x1b["));
}

TEST_CASE_FIXTURE(Project, "a dumb terminal gets no escape sequences") {
  env("TERM", "dumb");
  CHECK(!contains(run_on_terminal({"run", "--no-measure"}).out, "\x1b["));
}

TEST_CASE_FIXTURE(Project, "a state folder that can't be made is said, and nothing is built") {
  file(".pgo-orch", "a file in its place");
  const auto result = run({"run"});
  CHECK(result.code != 0);
  CHECK(result.out == "");
  CHECK(normal(result.err) == "error: PROJECT/.pgo-orch is not a folder: choose another --state-dir\n");
  CHECK(calls("").empty());
}

TEST_CASE_FIXTURE(Project, "an export into a folder that is not there is refused before anything runs") {
  const auto result = run({"run", "--no-measure", "--json", "missing/folder/r.json"});
  CHECK(result.code == 2);
  CHECK(normal(result.err) ==
        "error: cannot write missing/folder/r.json: PROJECT/missing/folder: No such file or directory\n");
  CHECK(calls("").empty());
}

TEST_CASE_FIXTURE(
    Project,
    "an export whose folder is a file, or which is a folder itself, is refused before anything runs") {
  file("folder/there", "");
  for (const std::string export_file : {"pgo.toml/r.json", "folder"}) {
    CAPTURE(export_file);
    const auto result = run({"run", "--no-measure", "--json", export_file});
    CHECK(result.code == 2);
    CHECK(result.err.starts_with("error: cannot write " + export_file + ": "));
    CHECK(calls("").empty());
    forget_calls();
  }
}

TEST_CASE_FIXTURE(Project, "standard output that is full is an error") {
  REQUIRE(run({"run", "--no-measure"}).code == 0);
  REQUIRE(std::filesystem::exists("/dev/full"));
  const auto result = run_into("/dev/full", {"report"});
  CHECK(result.code != 0);
  CHECK(contains(result.err, "standard output"));
}

TEST_CASE_FIXTURE(Project, "plan is text, JSON or a script") {
  const auto text = run({"plan"});
  CHECK(text.code == 0);
  CHECK(contains(normal(text.out), "project    PROJECT/pgo.toml\nprograms   fib\n"));
  const auto parsed = json::parse(run({"plan", "--json"}).out);
  CHECK(parsed.at("schema") == "pgo-orch/plan/1");
  CHECK(parsed.at("variants").size() == 2);
  CHECK(parsed.at("variants").at(1).at("settings").at("lto") == "fat");
  CHECK(json::parse(run({"plan", "--format", "json"}).out) == parsed);
  CHECK(run({"plan", "--format", "sh"}).out.starts_with("#!"));
}

TEST_CASE_FIXTURE(Project, "the plan's commands are those that a run gives to cargo") {
  const auto plan = json::parse(run({"plan", "--json"}).out);
  REQUIRE(run({"run", "--no-measure"}).code == 0);
  const auto built = builds();
  REQUIRE(built.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto command = plan.at("variants").at(i).at("steps").at(0).at("command");
    Words argv = command.at("argv");
    CHECK(Words(argv.begin() + 1, argv.end()) == built[i].args);
    CHECK(command.at("cwd").get<std::string>() == built[i].cwd);
    CHECK(command.at("env").at("CARGO_ENCODED_RUSTFLAGS").get<std::string>() ==
          built[i].variable("CARGO_ENCODED_RUSTFLAGS"));
  }
  for (const auto& file : plan.at("variants").at(1).at("files"))
    CHECK(read(std::filesystem::path(file.at("path").get<std::string>()).lexically_relative(path())) ==
          file.at("text").get<std::string>());
}

TEST_CASE("the plan's shell script builds the same without pgo-orch") {
  Test test;
  test.file("fib.rs", "print 1")
      .file("pgo.toml", fib + "\n[[variant]]\nname = \"pgo\"\npgo = true\nlto = \"fat\"\n");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  const auto baseline = test.read(".pgo-orch/variants/baseline/bin/fib");
  const auto pgo = test.read(".pgo-orch/variants/pgo/bin/fib");
  test.file("build.sh", test.run({"plan", "--format", "sh"}).out);
  std::filesystem::remove_all(test.path(".pgo-orch"));
  test.forget_calls();
  const auto script = test.run_program("/bin/sh", {"build.sh"});
  CAPTURE(script.err);
  CHECK(script.code == 0);
  Words story = test.story();
  std::erase(story, "fetch");
  CHECK(story == Words{"build baseline/plain", "strip", "build pgo/instrumented", "train pgo", "merge",
                       "build pgo/optimized", "strip"});
  CHECK((test.read(".pgo-orch/variants/baseline/bin/fib") == baseline));
  CHECK((test.read(".pgo-orch/variants/pgo/bin/fib") == pgo));
  CHECK(test.run({"run", "--no-measure"}).code == 0);  // in the folder that the script made
}

TEST_CASE("two runs are compared through the baseline that both have") {
  Test test;
  test.file("fib.rs", "print 1").file("pgo.toml", fib + "[[variant]]\nname = \"fat\"\nlto = \"fat\"\n");
  REQUIRE(test.run({"run", "-q", "--json", "a.json"}).code == 0);
  REQUIRE(test.run({"run", "-q", "--json", "b.json"}).code == 0);
  const auto result = test.run({"compare", "a.json", "b.json", "--fail-if-slower", "50%"});
  CHECK(result.code == 0);
  CHECK(result.out.find("'baseline' is the same code in both runs") != std::string::npos);
  CHECK(result.out.find("fat") != std::string::npos);
  CHECK(test.run({"compare", "a.json", "b.json", "a.json"}).err ==
        "error: compare takes two runs, the earlier one first; see pgo-orch compare --help\n");
  CHECK(test.run({"compare", "a.json", "none.json"}).err ==
        "error: there is no none.json; `pgo-orch run --json FILE` makes one\n");
}

TEST_CASE("the control runs along, has a place of its own in the results, and is no variant") {
  Test test;
  std::string toml = fib + "[[variant]]\nname = \"fat\"\nlto = \"fat\"\n";
  toml.replace(toml.find("control = false"), 15, "control = true");
  test.file("fib.rs", "print 1").file("pgo.toml", toml);
  REQUIRE(test.run({"run", "-q"}).code == 0);
  const auto& benchmark = test.results().at("benchmarks").at(0);
  CHECK(benchmark.at("control").at("effect_pct").is_number());
  CHECK(benchmark.at("results").size() == 2);
  CHECK(test.results().at("variants").size() == 2);
}

TEST_CASE("a run can be held against an earlier one") {
  Test test;
  std::string toml = fib + "[[variant]]\nname = \"fat\"\nlto = \"fat\"\n";
  toml.replace(toml.find("20ms"), 4, "200ms");
  test.file("fib.rs", "sleep 2\nprint 1").file("pgo.toml", toml);
  REQUIRE(test.run({"run", "-q", "--json", "a.json"}).code == 0);
  const auto result = test.run({"run", "-q", "--against", "a.json", "--fail-if-slower", "50%"});
  CHECK(result.code == 0);
  CHECK(result.out.find(" against ") != std::string::npos);
  CHECK(result.out.find("'baseline' is the same code in both runs") != std::string::npos);
  // An earlier run in which the variant was ten times as fast, and sure of it.
  auto before = nlohmann::json::parse(test.read("a.json"));
  for (auto& comparison : before.at("comparisons")) {
    if (comparison.at("metric") != "runtime") continue;
    comparison["lo_pct"] = -91;
    comparison["effect_pct"] = -90;
    comparison["hi_pct"] = -89;
  }
  test.file("b.json", before.dump());
  const auto slower = test.run({"run", "-q", "--against", "b.json", "--fail-if-slower", "50%"});
  CHECK(slower.code == 1);
  CHECK(slower.out.find("% slower") != std::string::npos);

  // Of other code nothing can be said: a gate that lets everything pass would be none.
  test.file("fib.rs", "sleep 3\nprint 1");
  const auto other = test.run({"run", "-q", "--against", "a.json", "--fail-if-slower", "50%"});
  CHECK(other.code == 2);
  CHECK(other.err.find("error: --fail-if-slower: 'baseline' is not the same code in both runs") !=
        std::string::npos);
  CHECK(test.run({"run", "-q", "--against", "a.json"}).code == 0);
  CHECK(test.run({"run", "--against", "none.json"}).err ==
        "error: there is no none.json; `pgo-orch run --json FILE` makes one\n");
  CHECK(test.run({"run", "--fail-if-slower", "5%"}).err ==
        "error: --fail-if-slower needs --against FILE: slower than what?\n");
}

TEST_CASE_FIXTURE(Project, "--html writes the page of the run's folder, which a quick run does not have") {
  CHECK(run({"run", "--quick"}).code == 0);
  CHECK(!std::filesystem::exists(path(".pgo-orch/latest/report.html")));
  CHECK(run({"run", "--html", "r.html"}).code == 0);
  CHECK(read("r.html") == read(".pgo-orch/latest/report.html"));
  CHECK(read("r.html").starts_with("<!DOCTYPE html>"));
  CHECK(contains(read("r.html"), ">fat"));
  const auto again = run({"report", "--html", "-"});
  CHECK(again.out == read("r.html"));
}

TEST_CASE_FIXTURE(Project, "the page shows flame graphs that lie beside results.json, and no other file") {
  CHECK(run({"run", "--json", "r.json"}).code == 0);
  auto results = json::parse(read("r.json"));
  file("stacks/in/graph.folded", "[p];main;inside 9\n").file("secret.folded", "[p];main;outside 9\n");
  std::filesystem::create_symlink("../../secret.folded", path("stacks/in/link.folded"));
  for (const std::string& graph : {std::string("in/graph.svg"), std::string("../secret.folded"),
                                   std::string("in/link.svg"), path("secret.svg").string()})
    results["flamegraphs"].push_back(
        {{"of", "run"}, {"workload", "fib"}, {"variant", "fat"}, {"differential", false}, {"path", graph}});
  file("stacks/results.json", results.dump());
  CHECK(run({"report", "stacks/results.json", "--html", "r.html"}).code == 0);
  CHECK(contains(read("r.html"), ">inside"));
  CHECK(!contains(read("r.html"), "outside"));
  CHECK(contains(read("r.html"), "<code>../secret.folded</code> is not beside results.json"));
}
