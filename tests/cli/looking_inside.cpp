// Phases of toy programs, conditions on them, and `analyze`, where no profiler is installed.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string project = R"([project]
name = "prog"
command = ["./compile", "prog.x", "-o", "{output}"]

[[workload]]
name = "w"

[measure]
max-time = "20ms"
race = false
control = false

[[variant]]
name = "baseline"

[[variant]]
name = "fat"
lto = "fat"
)";

const std::string condition = R"(only-if = { of = "run", phase = "startup", above = "1000s" }

[[variant]]
name = "fat-abort"
inherits = "fat"
panic = "abort"
)";

Test& lay_out(Test& test, const std::string& toml) {
  return test.file("pgo.toml", toml).file("prog.x", "print 1").script("compile", "rustc \"$@\"\n");
}

/// Whether runs can be traced here.
bool traced(const Test& test) {
  const auto run = test.results().at("phases").at("runtime").at(0);
  if (run.at("source") != "ptrace") MESSAGE("the rest is skipped: " << run.dump());
  return run.at("source") == "ptrace";
}

bool was_built(const Test& test, const std::string& variant) {
  return std::filesystem::exists(test.path(".pgo-orch/variants/" + variant + "/bin/prog"));
}

}  // namespace

TEST_CASE(
    "a variant with an unmet condition is not built, nor is what inherits from it, and the run ends with 0") {
  Test test;
  const auto result = lay_out(test, project + condition).run({"run"});
  CHECK(result.code == 0);
  if (!traced(test)) return;
  CHECK(test.reason("fat") == "skipped: startup takes TIME, the condition requires more than TIME");
  CHECK(test.reason("fat-abort") ==
        "skipped: condition of 'fat' not met: startup takes TIME, the condition requires more than TIME");
  CHECK(test.row("fat").at("condition").at("holds") == false);
  CHECK(test.row("fat").at("condition").at("limit") == 1000.0);
  CHECK(!was_built(test, "fat"));
  CHECK(!was_built(test, "fat-abort"));
  CHECK(contains(test.normal(result.err),
                 "note: fat is not built: startup takes TIME, the condition requires more"));
  CHECK(test.run({"run", "--variant", "fat"}).code == 0);
}

TEST_CASE("a condition that holds lets its variant be built, and is noted") {
  Test test;
  std::string toml = project + condition;
  toml.replace(toml.find("above = \"1000s\""), 15, "above = \"1ns\"");
  CHECK(lay_out(test, toml).run({"run"}).code == 0);
  if (!traced(test)) return;
  for (const char* variant : {"fat", "fat-abort"}) {
    CHECK(test.reason(variant) == "ok: ");
    CHECK(test.row(variant).at("condition").at("holds") == true);
    CHECK(test.row(variant).at("condition").at("owner") == "fat");
    CHECK(was_built(test, variant));
  }
}

TEST_CASE("a condition on a phase that was not measured does not hold, and says so") {
  Test test;
  CHECK(lay_out(test, project + condition).run({"run", "--quick"}).code == 0);
  CHECK(test.reason("fat") ==
        "skipped: the condition on startup cannot be checked: the phases of the run of 'baseline' in 'w' are "
        "not known: they need a run that times 'w', without --quick or phases = false in [measure]");
  CHECK(test.row("fat").at("condition").at("value").is_null());
  CHECK(!was_built(test, "fat"));
}

TEST_CASE("phases of runs are traced in the same rounds, and goals on them are judged by the differences") {
  Test test;
  const std::string goals =
      "[[goal]]\nname = \"start\"\nmetric = \"startup\"\nvariant = \"fat\"\nratio = 1000.0\nto = "
      "\"baseline\"\n";
  const auto result = lay_out(test, project + goals).run({"run", "--verbose"});
  CHECK(result.code == 0);
  if (!traced(test)) return;
  const auto runs = test.results().at("phases").at("runtime");
  REQUIRE(runs.size() == 2);
  CHECK(runs.at(0).at("variant") == "baseline");
  CHECK(runs.at(1).at("variant") == "fat");
  CHECK(runs.at(0).at("rounds") == runs.at(1).at("rounds"));
  CHECK(!runs.at(0).contains("differences"));
  Words compared;
  for (const auto& difference : runs.at(1).at("differences")) {
    compared.push_back(difference.at("name"));
    CHECK(difference.at("lo_s") <= difference.at("hi_s"));
  }
  CHECK(compared == Words{"startup", "init", "compute", "shutdown"});
  CHECK(test.results().at("goals").at(0).at("met") == true);
  CHECK(contains(result.out, "differences from baseline with 95 % intervals"));
}

TEST_CASE("the baseline is traced before others where a condition is about it, and again beside them") {
  Test test;
  std::string toml = project + condition +
                     "[[goal]]\nname = \"start\"\nmetric = \"startup\"\nvariant = \"fat\"\nratio = "
                     "1000.0\nto = \"baseline\"\n";
  toml.replace(toml.find("above = \"1000s\""), 15, "above = \"1ns\"");
  CHECK(lay_out(test, toml).run({"run"}).code == 0);
  if (!traced(test)) return;
  const auto runs = test.results().at("phases").at("runtime");
  REQUIRE(runs.size() == 2);
  CHECK(runs.at(0).at("rounds") == runs.at(1).at("rounds"));
  CHECK(test.results().at("groups").size() == 2);
}

TEST_CASE("analyze builds and looks into the baseline alone, times nothing, and says where its report is") {
  Test test;
  const auto result = lay_out(test, project).run({"analyze"});
  CHECK(result.code == 0);
  CHECK(test.results().at("variants").size() == 1);
  CHECK(test.results().at("benchmarks").empty());
  CHECK(!was_built(test, "fat"));
  CHECK(contains(result.out, "phases of a build"));
  CHECK(contains(test.normal(result.out), "this report, its figures and flame graphs are in "));
  CHECK(contains(test.read(".pgo-orch/latest/report.md"), "## phases of a build"));
  CHECK(test.results().at("phases").at("build").at(0).at("variant") == "baseline");
  CHECK(test.results().at("flamegraphs").empty());
  const auto groups = test.results().at("groups").at(0);
  CHECK(groups.at("of") == "run");
  CHECK(groups.at("unavailable") != "");
  if (!traced(test)) return;
  CHECK(contains(result.out, "phases of a run of w"));
  Words names;
  for (const auto& phase : test.results().at("phases").at("runtime").at(0).at("phases"))
    names.push_back(phase.at("name"));
  CHECK(names == Words{"startup", "init", "compute", "shutdown"});
}

TEST_CASE("analyze looks into variants that it is asked about, whatever their conditions") {
  Test test;
  CHECK(lay_out(test, project + condition).run({"analyze", "--variant", "fat"}).code == 0);
  CHECK(test.reason("fat") == "ok: ");
  Words looked_into;
  for (const auto& build : test.results().at("phases").at("build"))
    looked_into.push_back(build.at("variant"));
  CHECK(looked_into == Words{"baseline", "fat"});
}

TEST_CASE("analyze ends with 1 if the baseline does not build, and takes no options of measuring") {
  Test test;
  lay_out(test, project).file("compile", "#!/bin/sh\necho 'error: no' >&2\nexit 4\n");
  const auto failed = test.run({"analyze"});
  CHECK(failed.code == 1);
  CHECK(test.reason("baseline") == "failed: build: exit code 4");
  const auto wrong = test.run({"analyze", "--max-time", "1s"});
  CHECK(wrong.code == 2);
  CHECK(contains(wrong.err, "--max-time"));
  CHECK(test.run({"analyze", "--variant", "nothing"}).code == 2);
  const auto help = test.run({"analyze", "--help"});
  CHECK(help.code == 0);
  CHECK(contains(help.out, "analyze these as well (repeatable"));
}
