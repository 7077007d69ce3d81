// `gate` through the front door, with executables that are compared by their size: exact, whatever the
// machine.

#include <doctest/doctest.h>

#include <filesystem>

#include "test.h"

using namespace pgo_orch::cli;
namespace fs = std::filesystem;

namespace {

const std::string by_size = R"([project]
name = "prog"
command = ["cc", "{output}"]
[[workload]]
name = "w"
[[variant]]
name = "baseline"
[gate]
metrics = ["size"]
guard = "10%"
size-floor = "1B"
)";

/// Scripts of so many bytes that print the same.
void versions(Test& test, std::size_t base, std::size_t head) {
  test.file("pgo.toml", by_size);
  for (const auto& [name, size] : {std::pair{"base", base}, {"head", head}}) {
    std::string text = "#!/bin/sh\necho 1\n#";
    text.resize(size, '.');
    test.file(name, text);
    fs::permissions(test.path(name), fs::perms::owner_all);
  }
}

Words of_both(const Words& more = {}) {
  Words words{"gate", "--base-exe", "base", "--head-exe", "head"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

TEST_CASE("a gate of two executables exits with 0 or 1, and says why") {
  Test test;
  versions(test, 1000, 1050);
  const auto passed = test.run(of_both());
  CHECK_MESSAGE(passed.code == 0, passed.err);
  CHECK(contains(passed.out,
                 "pass: HEAD is shown not to be worse than BASE by more than is allowed, in any of 1"));
  versions(test, 1000, 1200);
  const auto failed = test.run(of_both());
  CHECK(failed.code == 1);
  CHECK(contains(failed.out,
                 "regression: HEAD takes 20.0 % more space on disk than BASE, and 10.0 % is allowed."));
  CHECK(!fs::exists(test.path("head.sha256")));
}

TEST_CASE("trouble that is not the new version's is no regression") {
  Test test;
  versions(test, 1000, 1050);
  std::string file = by_size;
  test.file("pgo.toml", file.replace(file.find("name = \"w\"\n"), 11,
                                     "name = \"w\"\nsetup = [[\"/bin/sh\", \"-c\", \"exit 7\"]]\n"));
  const auto ended = test.run(of_both());
  CHECK(ended.code == 2);
  CHECK(contains(ended.err, "the workloads cannot be set up"));
}

TEST_CASE("it writes what is asked for, and prints nothing else where that is standard output") {
  Test test;
  versions(test, 1000, 1200);
  CHECK(test.run(of_both({"--json", "gate.json", "--junit", "gate.xml", "--markdown", "gate.md"})).code == 1);
  const auto& json = test.json_in("gate.json");
  CHECK(json.at("schema") == "pgo-orch/gate/1");
  CHECK(json.at("outcome") == "fail");
  CHECK(json.at("claims").at(0).at("first").at("effect_pct") == doctest::Approx(20));
  CHECK(contains(test.read("gate.xml"), "failures=\"1\""));
  CHECK(contains(test.read("gate.md"), "### prog: HEAD head against BASE base"));
  const auto printed = test.run(of_both({"--json", "-"}));
  CHECK(nlohmann::json::parse(printed.out).at("outcome") == "fail");
}

TEST_CASE("in GitHub Actions it annotates, and adds to the job's summary") {
  Test test;
  versions(test, 1000, 1200);
  test.file("summary.md", "An earlier step's line.\n");
  test.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", test.path("summary.md").string());
  const auto result = test.run(of_both());
  CHECK(contains(result.out,
                 "::error title=regression%3A size::+20.00 %25 [+20.00, +20.00], and 10.00 %25 is"));
  CHECK(contains(result.out, "::notice title=pgo-orch gate::regression: HEAD takes 20.0 %25 more space"));
  const auto summary = test.read("summary.md");
  CHECK(summary.starts_with("An earlier step's line.\n"));
  CHECK(contains(summary, "### prog: HEAD head against BASE base"));
}

TEST_CASE("what cannot be gated is an error that says what to do") {
  Test test;
  versions(test, 1000, 1000);
  const auto complaint = [&](const Words& words) {
    const auto result = test.run(words);
    CHECK(result.code == 2);
    return test.normal(result.err);
  };
  CHECK(complaint({"gate"}) ==
        "error: gate needs the old version: pgo-orch gate BASE HEAD, two revisions or folders\n");
  CHECK(complaint({"gate", "a", "b", "c"}) == "error: gate compares two versions, and 'c' is a third\n");
  CHECK(complaint({"gate", "--base-exe", "base"}) ==
        "error: --base-exe and --head-exe belong together: give both\n");
  CHECK(complaint({"gate", "a", "--base-exe", "base", "--head-exe", "head"}) ==
        "error: 'a' and --base-exe cannot be used together: executables are not built\n");
  CHECK(complaint(of_both({"--variant", "baseline"})) ==
        "error: --variant says how to build, and --base-exe and --head-exe are built: leave it out\n");
  CHECK(complaint({"gate", "--base-exe", "gone", "--head-exe", "head"}) ==
        "error: BASE (gone): there is no such file, nor a folder of executables\n");
  CHECK(complaint(of_both({"--explain", "w/size"}))
            .starts_with("error: --explain w/size: no metric in [gate] is timed"));
  CHECK(contains(complaint({"gate", "main"}), "is not in a git repository that could know it as a revision"));
}

TEST_CASE("a program beside the one that is run may be what it runs") {
  Test test;
  test.file("Cargo.toml", "");
  test.file("pgo.toml", R"([project]
manifest = "Cargo.toml"
bin = ["prog", "worker"]
[[workload]]
name = "whole"
program = "prog"
[[workload]]
name = "part"
program = "worker"
[[variant]]
name = "baseline"
[gate]
metrics = ["wall"]
max-time = "200ms"
)");
  for (const auto* side : {"base", "head"}) {
    test.file(fs::path(side) / "prog", "#!/bin/sh\n\"${0%/*}/worker\"\n");
    test.file(fs::path(side) / "worker", std::string("#!/bin/sh\necho 1 # ") + side + "\n");
    for (const auto* program : {"prog", "worker"})
      fs::permissions(test.path(fs::path(side) / program), fs::perms::owner_all);
  }
  const auto ended = test.run(of_both({"--json", "gate.json"}));
  INFO(ended.out, ended.err);
  REQUIRE(test.json_in("gate.json").at("claims").size() == 2);
  for (const auto& claim : test.json_in("gate.json").at("claims")) CHECK(claim.at("first").at("rounds") > 0);
}

TEST_CASE("[gate] is checked when it is read") {
  Test test;
  const auto complaint = [&](const std::string& keys) {
    test.file("pgo.toml", by_size.substr(0, by_size.find("[gate]")) + "[gate]\n" + keys + "\n");
    const auto result = test.run({"plan"});
    CHECK(result.code == 2);
    return test.normal(result.err);
  };
  CHECK(contains(complaint("metrics = [\"walls\"]"), "did you mean"));
  CHECK(contains(complaint("metrics = []"), "'metrics' is empty: write metrics = [\"wall\", \"cpu\"]"));
  CHECK(contains(complaint("confidence = \"100%\""), "'confidence' must be over 0% and at most 99.99%"));
  CHECK(contains(complaint("memory-floor = \"1ms\""), "'memory-floor' must be a size with a unit"));
  CHECK(contains(complaint("gaurd = \"1%\""), "did you mean 'guard'?"));
}

TEST_CASE("`clean` removes what a gate made, and the user's files stay") {
  Test test;
  versions(test, 1000, 1050);
  CHECK(test.run(of_both()).code == 0);
  CHECK(fs::exists(test.path(".pgo-orch/gate/variants/BASE/bin/prog")));
  CHECK(test.run({"clean"}).code == 0);
  CHECK(!fs::exists(test.path(".pgo-orch/gate")));
  const auto shown = test.run({"history"});  // what it found outlives it
  CHECK(shown.code == 0);
  CHECK(contains(shown.out, "\nhead, size\n"));
  CHECK(test.run({"clean", "--history"}).code == 0);
  CHECK(!fs::exists(test.path(".pgo-orch")));
  CHECK(fs::exists(test.path("base")));
}
