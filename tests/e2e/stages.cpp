// The stages of a run in different folders, as on different machines: what one has, the next has not.

#include "saved_profiles.h"

using namespace e2e;

namespace {

/// The words of one stage.
std::vector<std::string> stage(const std::string& name, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"run", "pgo.toml", "--stage", name, "--archive", "../part.pgoz"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// A folder with the project in app/, whose dependency is in it or beside it, and the archive beside both.
class Site {
 public:
  explicit Site(const std::string& name, const std::string& dep) : lab_(name), dep_(dep) {
    lab_.file("app/src/main.rs", program).file("app/pgo.toml", package_project + with_pgo);
    lab_.file("app/Cargo.toml",
              manifest("app", "0.1.0", "[dependencies]\ndep = { path = \"" + dep + "\" }\n"));
    lab_.file("app/" + dep + "/Cargo.toml", manifest("dep", "1.0.0"));
    lab_.file("app/" + dep + "/src/lib.rs", lib);
    REQUIRE(lab_.run_in(app(), {"cargo", "generate-lockfile", "--offline"}).status == 0);
  }

  Lab& lab() { return lab_; }
  fs::path app() const { return lab_.root() / "app"; }
  fs::path archive() const { return lab_.root() / "part.pgoz"; }

  Ended orch(std::vector<std::string> words) const {
    words.insert(words.begin(), PGO_ORCH_PROGRAM);
    return lab_.run_in(app(), words);
  }
  void passes(const std::vector<std::string>& words) const {
    const auto ended = orch(words);
    CAPTURE(ended.err);
    REQUIRE(ended.status == 0);
  }
  Json results() const { return Json::parse(read(app() / ".pgo-orch/latest/results.json")); }

  /// Receives the archive; the site that it came from is out of reach from then on.
  void take_from(const Site& other) const {
    fs::copy_file(other.archive(), archive(), fs::copy_options::overwrite_existing);
    fs::rename(other.lab_.root(), other.lab_.root().string() + ".away");
  }

  /// Nothing at all is on the PATH; what merges is named, if it is there.
  void only_trains(const std::string& llvm_profdata) {
    fs::create_directories(lab_.root() / "empty");
    lab_.set("PATH", (lab_.root() / "empty").string()).set("LLVM_PROFDATA", llvm_profdata);
    CHECK(lab_.run_in(app(), {"/bin/sh", "-c", "command -v cargo || command -v rustc"}).status != 0);
  }

 private:
  Lab lab_;
  std::string dep_;
};

std::string llvm_profdata_of(const Json& results) {
  return results.at("tools").at("llvm-profdata").at("path");
}

/// The same functions found their profile.
void check_same_coverage(const Json& one, const Json& other) {
  const Json a = row(one, "pgo").at("pgo"), b = row(other, "pgo").at("pgo");
  CAPTURE(a.dump(1));
  for (const char* field :
       {"functions_in_profile", "functions_matched", "functions_missing", "functions_called", "coverage"})
    CHECK(a.at(field) == b.at(field));
  CHECK(a.at("functions_matched") >= 2);
  CHECK(b.at("functions_missing") == 0);
}

}  // namespace

TEST_CASE("stages in three folders, training without cargo and rustc, give the program that a run gives") {
  Site whole("whole", "dep"), builder("builder", "dep"), trainer("trainer", "dep"), linker("linker", "dep");
  whole.passes({"run", "--no-measure"});
  const Json expected = whole.results();

  builder.passes(stage("instrument"));
  trainer.take_from(builder);
  trainer.only_trains(llvm_profdata_of(expected));
  trainer.passes(stage("train"));
  CHECK_FALSE(fs::exists(builder.lab().root()));  // no profile went where the builder had its folder
  linker.take_from(trainer);
  linker.passes(stage("optimize", {"--no-measure"}));

  const Json results = linker.results();
  check_all_ok(results);
  check_same_coverage(results, expected);
  CHECK(row(results, "pgo").at("pgo").at("hot_counts").at("by_hash") == 1.0);
  CHECK(code(results, "pgo") == code(expected, "pgo"));
  CHECK(code(results, "pgo") != code(results, "baseline"));
}

TEST_CASE(
    "raw profiles are merged where the archive is used, names survive another folder, and release takes "
    "them") {
  Site whole("whole", "../dep"), builder("builder", "../dep"), trainer("trainer", "../dep"),
      linker("linker", "../dep");
  whole.passes({"run", "--no-measure"});
  builder.passes(stage("instrument"));
  trainer.take_from(builder);
  trainer.only_trains("/nowhere/llvm-profdata");
  const auto trained = trainer.orch(stage("train"));
  CHECK(trained.status == 0);
  CHECK(
      contains(trained.out,
               "LLVM_PROFDATA=/nowhere/llvm-profdata does not name a program: the raw profiles are packed"));
  linker.take_from(trainer);
  linker.passes(stage("optimize", {"--no-measure"}));
  check_all_ok(linker.results());
  check_same_coverage(linker.results(), whole.results());
  CHECK(row(linker.results(), "pgo").at("pgo").at("hot_counts").at("by_hash") == 1.0);

  linker.passes({"release", "pgo", "--archive", "../part.pgoz"});
  const Json made = Json::parse(read(linker.app() / "dist/manifest.json"));
  CHECK(made.at("variant") == "pgo");
  CHECK(made.at("pgo").at("coverage") == 1.0);
  linker.passes({"verify", "dist/app"});

  auto changed = lib;
  linker.lab().file("dep/src/lib.rs", changed.replace(changed.find("3 * n"), 5, "5 * n"));
  const auto refused = linker.orch({"release", "pgo", "--archive", "../part.pgoz"});
  CHECK(refused.status == 1);
  CHECK(contains(refused.err, "../dep/src/lib.rs is another file"));
}
