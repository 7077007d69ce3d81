// `list` and `clean`: what lies in the state folder, and what goes.

#include <sys/stat.h>

#include <csignal>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;

const std::string old_run = "2020-01-02T03-04-05Z";

struct State : Test {
  State() { file("pgo.toml", fib_and_pgo).file("fib.rs", "print 1"); }

  void built_once() {
    REQUIRE(run({"run", "--no-measure"}).code == 0);
    forget_calls();
  }
  /// A run of long ago, with the lines of its journal.
  State& run_of(const std::string& id, const std::string& journal) {
    file(".pgo-orch/runs/" + id + "/journal.jsonl", journal);
    if (contains(journal, "end")) file(".pgo-orch/runs/" + id + "/results.json", results().dump());
    return *this;
  }
  bool has(const std::string& name) const { return fs::exists(path(".pgo-orch") / name); }
  nlohmann::json listed() const { return nlohmann::json::parse(run({"list", "--json"}).out); }
};

const std::string finished = "{\"event\": \"begin\"}\n{\"event\": \"end\"}\n";

}  // namespace

TEST_CASE_FIXTURE(State, "clean leaves nothing of a run, and nothing else goes") {
  built_once();
  const auto result = run({"clean"});
  CHECK(result.code == 0);
  CHECK(result.err == "");
  CHECK(contains(result.out, "\nfreed "));
  CHECK(!fs::exists(path(".pgo-orch")));
  CHECK(read("fib.rs") == "print 1");
  const auto again = run({"clean"});
  CHECK(again.code == 0);
  CHECK(normal(again.out) == "nothing to clean: PROJECT/.pgo-orch does not exist\n");
}

TEST_CASE_FIXTURE(State, "clean leaves what it did not make, and names it") {
  built_once();
  file("precious/file", "keep me\n");
  for (const std::string name : {"notes.txt", "variants/notes.txt", "variants/pgo/notes.txt", "mine/bin/x",
                                 "runs/mine/results.json", "references/c/notes.txt"})
    file(".pgo-orch/" + name, "mine");
  const auto in_run = fs::read_symlink(path(".pgo-orch/latest")).string() + "/notes.txt";
  file(".pgo-orch/" + in_run, "mine");
  fs::remove_all(path(".pgo-orch/variants/pgo/bin"));
  for (const std::string& name : Words{"release", "variants/pgo/bin", "variants/linked", "runs/" + old_run})
    fs::create_directory_symlink(path("precious"), path(".pgo-orch") / name);
  const auto result = run({"clean"});
  CHECK(result.code == 0);
  for (const std::string& name :
       Words{"mine", "notes.txt", "references/c/notes.txt", "release", "runs/" + old_run, "runs/mine", in_run,
             "variants/linked", "variants/notes.txt", "variants/pgo/bin", "variants/pgo/notes.txt"})
    CHECK_MESSAGE(contains(result.out, "left, because pgo-orch did not make it: " + name + "\n"), name);
  for (const std::string name : {"notes.txt", "variants/notes.txt", "variants/pgo/notes.txt", "mine/bin/x",
                                 "runs/mine/results.json", "references/c/notes.txt"})
    CHECK(read(".pgo-orch/" + name) == "mine");
  CHECK(read("precious/file") == "keep me\n");
  CHECK(read(".pgo-orch/" + in_run) == "mine");
  CHECK(!fs::exists(path(".pgo-orch/latest/results.json")));
  CHECK(!has("variants/baseline"));
  CHECK(!has("variants/pgo/profiles"));
  // and it is still a state folder, so that the rest can be removed, or a run be made
  CHECK(contains(run({"clean"}).out, "freed   0 B\n"));
}

TEST_CASE_FIXTURE(State, "clean, list and report refuse a name that is neither a pgo.toml nor a folder") {
  built_once();
  for (const std::string command : {"clean", "list"}) {
    CHECK(run({command, "nope.toml"}).err == "error: nope.toml was not found\n");
    CHECK(run({command, "fib.rs"}).err == "error: fib.rs is neither a pgo.toml nor a folder\n");
  }
  CHECK(run({"clean", "2020-01-02T03-04-05Z"}).code == 2);
  CHECK(run({"report", "nope"}).err == "error: nope was not found\n");
  CHECK(has("latest/results.json"));
  file("other/pgo.toml", fib).file("other/fib.rs", "print 1");
  CHECK(contains(normal(run({"report", "other"}).err), "no PROJECT/other/.pgo-orch/latest/results.json"));
  REQUIRE(run({"run", "other/pgo.toml", "--no-measure"}).code == 0);
  CHECK(contains(run({"report", "other"}).out, " pgo-orch report other --verbose\n"));
  CHECK(contains(normal(run({"list", "other"}).out), "PROJECT/other/.pgo-orch\n"));
}

TEST_CASE_FIXTURE(State,
                  "clean leaves no link to a run that is gone, and the user's own link to the folder") {
  fs::create_directory(outside("disk"));
  fs::create_directory_symlink(outside("disk"), path(".pgo-orch"));
  built_once();
  file(".pgo-orch/notes.txt", "mine");
  CHECK(run({"clean"}).code == 0);
  CHECK(!fs::is_symlink(path(".pgo-orch/latest")));
  fs::remove(path(".pgo-orch/notes.txt"));
  CHECK(run({"clean"}).code == 0);
  CHECK(fs::is_empty(outside("disk")));
  CHECK(fs::is_symlink(path(".pgo-orch")));
  built_once();
}

TEST_CASE_FIXTURE(State, "runs that cannot be read are not taken for none") {
  built_once();
  fs::rename(path(".pgo-orch/runs"), path("elsewhere"));
  file(".pgo-orch/runs", "not a folder");
  CHECK(contains(normal(run({"list"}).err), "error: cannot read PROJECT/.pgo-orch/runs: "));
}

TEST_CASE_FIXTURE(State, "clean refuses a folder that is not of pgo-orch, and one where a run is at work") {
  file("mine/variants/x/bin/x", "x").file("mine/runs/" + old_run + "/a", "x");
  CHECK(run({"clean", "--state-dir", "mine"}).code == 0);
  CHECK(read("mine/variants/x/bin/x") == "x");
  fs::create_directories(path("empty"));
  CHECK(run({"clean", "--state-dir", "empty"}).code == 0);
  CHECK(fs::exists(path("empty")));

  hold("build", "variants/pgo/");
  auto at_work = start({"run", "--no-measure"});
  wait_until_held();
  const auto result = run({"clean"});
  CHECK(result.code == 2);
  CHECK(contains(result.err, "a run is at work there, so nothing is removed; wait for it\n"));
  CHECK(has("variants/baseline/bin/fib"));
  CHECK(listed().at("runs").at(0).at("status") == "running");
  at_work.signal(SIGINT);
  CHECK(at_work.wait().code == 130);
  CHECK(listed().at("runs").at(0).at("status") == "interrupted");
}

TEST_CASE_FIXTURE(State, "--dry-run says what would go, and removes nothing") {
  built_once();
  const auto result = run({"clean", "--dry-run"});
  CHECK(result.code == 0);
  CHECK(contains(result.out, "\nwould be freed "));
  CHECK(has("variants/pgo/bin/fib"));
  CHECK(run({"report"}).code == 0);
}

TEST_CASE_FIXTURE(State, "--target-folders removes what the next run builds again, and nothing else") {
  built_once();
  REQUIRE(has("variants/pgo/target-optimized"));
  const auto result = run({"clean", "--target-folders"});
  CHECK(result.code == 0);
  for (const char* folder : {"plain", "instrumented", "optimized"})
    for (const char* variant : {"baseline", "pgo"})
      CHECK(!has(std::string("variants/") + variant + "/target-" + folder));
  CHECK(has("variants/pgo/bin/fib"));
  CHECK(has("variants/pgo/profiles/merged.profdata"));
  CHECK(run({"report"}).code == 0);
  CHECK(run({"run", "--no-measure"}).code == 0);
  CHECK(reason("pgo") == "ok: ");
  CHECK(builds().size() == 3);
}

TEST_CASE_FIXTURE(State, "--older removes old runs, but not the latest finished one nor one to resume") {
  built_once();
  run_of("2019-01-02T03-04-05Z", finished).run_of(old_run, finished).run_of(old_run + "-2", finished);
  run_of("2021-01-02T03-04-05Z", "{\"event\": \"begin\"}\n");
  const auto newest = listed().at("runs").back().at("id").get<std::string>();
  CHECK(run({"clean", "--older", "1000000w"}).code == 2);
  CHECK(run({"clean", "--older", "5000d"}).code == 0);
  CHECK(listed().at("runs").size() == 5);

  fs::remove_all(path(".pgo-orch/runs/" + newest));  // now the latest finished one is old, too
  fs::remove(path(".pgo-orch/latest"));
  fs::create_directory_symlink("runs/2021-01-02T03-04-05Z", path(".pgo-orch/latest"));
  const auto result = run({"clean", "--older", "30d"});
  CHECK(result.code == 0);
  Words left;
  const auto json = listed();
  for (const auto& entry : json.at("runs")) left.push_back(entry.at("id"));
  CHECK(left == Words{old_run + "-2", "2021-01-02T03-04-05Z"});
  CHECK(has("variants/pgo/bin/fib"));
  CHECK(contains(run({"clean", "--older", "30d"}).out, "nothing to remove\n"));
  CHECK(run({"clean", "--older", "soon"}).err ==
        "error: --older soon: give an age in hours, days or weeks, e.g. 12h, 30d or 8w\n");
}

TEST_CASE_FIXTURE(State, "clean leaves what `apply --revert` needs") {
  built_once();
  file(".pgo-orch/applied.json", "{}");
  CHECK(contains(run({"clean"}).out, "left, because `pgo-orch apply --revert` needs it: applied.json\n"));
  CHECK(read(".pgo-orch/applied.json") == "{}");
}

TEST_CASE_FIXTURE(State, "list has every run with its state, the oldest first, and the sizes by kind") {
  const auto none = run({"list"});
  CHECK(none.code == 0);
  CHECK(normal(none.out) == "PROJECT/.pgo-orch\nno runs yet: start one with `pgo-orch run`\n");
  CHECK(!fs::exists(path(".pgo-orch")));

  REQUIRE(run({"run", "--quick"}).code == 0);
  run_of(old_run, finished).run_of(old_run + "-10", "{\"event\": \"begin\"}\n");
  run_of(old_run + "-2", finished);
  file(".pgo-orch/runs/" + old_run + "-2/results.json", "no JSON");
  file("pgo.toml", "this is [no TOML");
  const auto json = listed();
  Words states;
  for (const auto& entry : json.at("runs")) states.push_back(entry.at("status"));
  CHECK(states == Words{"finished", "finished", "interrupted", "finished"});
  CHECK(json.at("runs").at(0).at("started") == "2020-01-02T03:04:05Z");
  CHECK(json.at("runs").at(0).at("variants") == 2);
  CHECK(json.at("runs").at(0).at("duration_s").is_number());
  CHECK(json.at("runs").at(0).at("answer") != "");
  CHECK(json.at("runs").at(1).at("answer") == "its results.json cannot be read");
  CHECK(json.at("runs").at(2).at("variants").is_null());
  std::uint64_t sum = 0;
  for (const auto& [kind, bytes] : json.at("size_bytes").items()) sum += bytes.get<std::uint64_t>();
  CHECK(json.at("total_bytes") == sum);
  for (const char* kind : {"target_folders", "executables", "profiles", "runs"})
    CHECK(json.at("size_bytes").at(kind) > 0);
  const auto text = run({"list"});
  CHECK(text.code == 0);
  CHECK(contains(text.out, "\n" + old_run + "-10 "));
  CHECK(contains(text.out, "\ntarget folders "));
}

TEST_CASE_FIXTURE(State, "a run that leaves much on the disk says so, and how to get it back") {
  file(".pgo-orch/.gitignore", "*\n").file(".pgo-orch/variants/old/target-plain/big", "");
  REQUIRE(::truncate(path(".pgo-orch/variants/old/target-plain/big").c_str(), off_t{2} << 30) == 0);
  const auto result = run({"run", "--no-measure"});
  CHECK(result.code == 0);
  CHECK(
      contains(result.err, "of it cargo's target folders. `pgo-orch clean --target-folders` removes these"));
  CHECK(run({"clean", "--target-folders"}).code == 0);
  CHECK(!contains(run({"run", "--no-measure"}).err, "pgo-orch clean"));
}

TEST_CASE("clean removes the link to a state folder whose path has a '%'") {
  Test test("100%");
  test.file("pgo.toml", fib).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  const auto links = [&] {
    int found = 0;
    for (const auto& entry : fs::recursive_directory_iterator(test.outside("tmp")))
      found += entry.is_symlink();
    return found;
  };
  CHECK(links() == 1);
  CHECK(test.run({"clean"}).code == 0);
  CHECK(links() == 0);
  CHECK(!fs::exists(test.path(".pgo-orch")));
}
