// `run --pack` and `confirm`: the artifacts of a run, measured again where nothing else of it is. What the
// times are does not matter here: claims are written into results.json.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// A variant of other code, and a workload that reads files of the project.
std::string packable(const std::string& workload_keys = "") {
  return with_variant(
      with_workload_keys(
          fib, "stdin = \"data/in.txt\"\nargs = [\"{root}/data/in.txt\", \"out/log\"]\n" + workload_keys),
      "other", "cfg = [\"other\"]");
}

const std::string source = "print-stdin\nif other print-env WHERE\nunless other print here";

struct Packed : Test {
  explicit Packed(const std::string& settings = packable()) {
    file("pgo.toml", settings).file("fib.rs", source).file("data/in.txt", "input\n").file("out/.keep", "");
    env("WHERE", "here");
  }

  std::string archive() const { return outside("artifacts.pgoz").string(); }
  std::string claims() const { return outside("results.json").string(); }

  /// The same words wherever it is run.
  Result confirm(const Words& more = {}) const {
    Words words{"confirm", archive(), "--with", claims(), "-q"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
  }

  /// A run, of which then only the archive and its results are left; they claim that `other` is faster.
  void pack() {
    const auto result = run({"run", "--pack", archive()});
    REQUIRE_MESSAGE(result.code == 0, result.err);
    CHECK(contains(result.err, "2 variants and 1 workload, "));
    write_results([](Json& json) {
      for (auto& comparison : json.at("comparisons"))
        if (comparison.at("metric") == "runtime")
          comparison.update({{"verdict", "faster"}, {"effect_pct", -50}, {"lo_pct", -60}, {"hi_pct", -40}});
        else
          comparison["verdict"] = "unresolved";
    });
    for (const auto& entry : fs::directory_iterator(path())) fs::remove_all(entry.path());
    for (const char* tool : {"cargo", "rustc"}) fs::remove(outside("bin") / tool);
    forget_calls();
  }

  void write_results(const std::function<void(Json&)>& change) const {
    auto json = fs::exists(claims()) ? Json::parse(text_of(claims())) : results();
    change(json);
    std::ofstream(claims()) << json.dump();
  }
};

}  // namespace

TEST_CASE("artifacts are measured again without the project, cargo and rustc") {
  Packed test;
  test.pack();
  const auto state = test.outside("elsewhere").string();
  const auto result = test.confirm({"--json", "c.json", "--markdown", "c.md", "--state-dir", state});
  INFO(result.err);
  const auto& json = test.json_in("c.json");
  CHECK(json.at("schema") == "pgo-orch/confirm/1");
  CHECK(result.code == (json.at("outcome") == "contradicted" ? 1 : 0));
  REQUIRE(json.at("claims").size() == 1);
  const auto& claim = json.at("claims").at(0);
  CHECK(claim.at("variant") == "other");
  CHECK(claim.at("workload") == "fib");
  CHECK(claim.at("claim") == "faster");
  CHECK(claim.at("first").at("effect_pct") == -50);
  CHECK(claim.at("second").at("rounds").get<int>() >= 3);
  CHECK(claim.at("reason") == "");
  CHECK(contains(result.out, "the claims of run "));
  CHECK(contains(test.read("c.md"), "### fib: the claims of run "));
  CHECK(test.builds().empty());
  CHECK_FALSE(fs::exists(state + "/confirm"));  // nothing went wrong, so nothing is left to look at
  CHECK_FALSE(fs::exists(test.path(".pgo-orch")));
}

TEST_CASE("a folder of a run is as good as its results.json") {
  Packed test;
  test.pack();
  fs::create_directories(test.outside("run"));
  fs::copy_file(test.claims(), test.outside("run/results.json"));
  const auto result =
      test.run({"confirm", test.archive(), "--with", test.outside("run").string(), "-q", "--json", "-"});
  CHECK(Json::parse(result.out).at("claims").size() == 1);
}

TEST_CASE("wrong output here is said, and what was unpacked stays") {
  Packed test;
  test.pack();
  test.env("WHERE", "elsewhere");
  const auto result = test.confirm();
  CHECK(result.code == 3);  // nothing else is claimed
  CHECK(
      contains(test.normal(result.err),
               "error: nothing can be measured here: other: workload fib: line 2 is \"elsewhere\", expected "
               "\"here\""));
  const fs::path unpacked = test.path(".pgo-orch/confirm");
  CHECK(text_of(unpacked / "inputs/data/in.txt") == "input\n");
  CHECK(fs::is_directory(unpacked / "inputs/out"));
  CHECK_FALSE(contains(text_of(unpacked / "artifacts.json"), test.path().string()));
  CHECK(contains(text_of(unpacked / "artifacts.json"), "{root}/data/in.txt"));
  CHECK(test.run({"clean"}).code == 0);
  CHECK_FALSE(fs::exists(test.path(".pgo-orch")));
}

TEST_CASE("a damaged archive, one of another kind, and other results are refused") {
  Packed test;
  test.pack();
  const auto whole = text_of(test.archive());
  const auto refused = [&](int code) {
    const auto result = test.confirm();
    CHECK(result.code == code);
    return test.normal(result.err);
  };
  auto damaged = whole;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  std::ofstream(test.archive()) << damaged;
  CHECK(contains(refused(1), "artifacts.pgoz"));
  std::ofstream(test.archive()) << whole.substr(0, whole.size() / 2);
  CHECK(contains(refused(1), "artifacts.pgoz"));
  std::ofstream(test.archive()) << whole;
  test.write_results(
      [](Json& json) { json.at("variants").at(1).at("artifacts").at(0)["sha256"] = std::string(64, '0'); });
  CHECK(contains(refused(2), "other files were measured there: fib of 'other'"));
  test.write_results([](Json& json) { json["comparisons"] = Json::array(); });
  CHECK(contains(refused(2), "other files"));
  fs::remove(test.archive());
  CHECK(contains(refused(2), "does not exist: `pgo-orch run --pack "));
}

TEST_CASE("an archive of stages is not one of artifacts") {
  Packed test(with_variant(packable(), "pgo", "pgo = true"));
  CHECK(test.run({"run", "--stage", "instrument", "--archive", test.archive(), "-q"}).code == 0);
  CHECK(test.run({"run", "-q"}).code == 0);
  test.write_results([](Json&) {});
  const auto result = test.confirm();
  CHECK(result.code == 1);
  CHECK(contains(result.err, "it is an archive of stages, and one of artifacts is needed"));
}

TEST_CASE("what would not run elsewhere is refused before anything is built, or left out") {
  Packed test(packable("setup = [[\"true\"]]"));
  auto result = test.run({"run", "--pack", test.archive()});
  CHECK(result.code == 2);
  CHECK(contains(test.normal(result.err),
                 "error: --pack: no workload would run on another machine: workload 'fib': its setup runs "
                 "programs of this machine: true"));
  CHECK(test.builds().empty());
  CHECK_FALSE(fs::exists(test.archive()));
  test.file("pgo.toml", packable() + "[[workload]]\nname = \"driven\"\ncommand = [\"env\", \"{exe}\"]\n");
  result = test.run({"run", "--pack", test.archive()});
  CHECK_MESSAGE(result.code == 0, result.err);
  CHECK(contains(result.err,
                 "not packed: workload 'driven': its command starts a program of this machine: "
                 "env\n"));
  CHECK(contains(result.err, "2 variants and 1 workload, "));
}

TEST_CASE("the command line is checked first") {
  Packed test;
  const auto complaint = [&](const Words& words) {
    const auto result = test.run(words);
    CHECK(result.code == 2);
    return test.normal(result.err);
  };
  CHECK(complaint({"confirm"}) ==
        "error: confirm needs the archive that `pgo-orch run --pack` wrote: pgo-orch confirm ARCHIVE --with "
        "RESULTS\n");
  CHECK(complaint({"confirm", "a.pgoz"}) ==
        "error: confirm needs the results of the run that wrote a.pgoz: pgo-orch confirm a.pgoz --with "
        "RESULTS, its results.json or the folder that has it\n");
  CHECK(contains(complaint({"confirm", "a.pgoz", "b.pgoz"}), "only one argument can be given"));
  CHECK(complaint({"run", "--pack", "a.tar"}) ==
        "error: --pack a.tar: the name has to end with .pgoz: a.tar.pgoz\n");
  CHECK(contains(complaint({"run", "--pack", "a.pgoz", "--no-measure"}), "--no-measure"));
  CHECK(contains(complaint({"run", "--pack", "a.pgoz", "--stage", "instrument", "--archive", "b.pgoz"}),
                 "--pack only applies to whole runs and --stage optimize"));
  CHECK(contains(complaint({"run", "--pack", "nowhere/a.pgoz"}), "cannot write nowhere/a.pgoz"));
  CHECK(test.builds().empty());
}
