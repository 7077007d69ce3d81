// `pgo-orch release best`: what a run recommends, as long as nothing has changed since.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "releasing.h"

using namespace pgo_orch::cli;
using nlohmann::json;
namespace fs = std::filesystem;

TEST_CASE_FIXTURE(Releasing,
                  "best is what the latest run recommends, of sources, settings and tools of today") {
  refused(2, "there is no finished run in", {});
  const auto first = run({"run", "-q"});
  CHECK(first.code == 0);
  const auto recommend = [&](const std::string& variant) {
    auto results = json::parse(read(".pgo-orch/latest/results.json"));
    results["recommended"] = variant;
    file(".pgo-orch/latest/results.json", results.dump());
  };
  recommend("fat");
  released({});
  CHECK(variant_in_dist() == "fat");
  CHECK(read("fib.rs") == "print 1");
  released({"fat"});
  CHECK(manifest().at("effects").size() == 1);
  file("fib.rs", "print 2");
  refused(2, "fib.rs changed since run", {});
  released({"fat"});
  CHECK(manifest().at("effects").empty());
  CHECK(variant_in_dist() == "fat");
  file("fib.rs", "print 1");
  file(".cargo/config.toml", "[build]\nrustflags = [\"-Copt-level=1\"]\n");
  refused(2, "'fat' would be built with -Copt-level=1, unlike in run", {});
  file(".cargo/config.toml", "[profile.release]\npanic = \"abort\"\n");
  refused(2,
          "config files set for cargo's profiles: profile.release.panic = abort (PROJECT/.cargo/config.toml",
          {});
  fs::remove(path(".cargo/config.toml"));
  env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
  refused(2, "set for cargo's profiles: CARGO_PROFILE_RELEASE_OPT_LEVEL=1 (environment); in run", {});
  env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "");
  env("CFLAGS", "-O0");
  refused(2, "the variable CFLAGS changed since run", {});
  env("CFLAGS", "");
  file("pgo.toml", with_variant(fib, "fat", "lto = \"thin\""));
  refused(2, "has other settings for 'fat' than", {});
  refused(2, "there is no variant 'thin'", {"thin"});
}

TEST_CASE_FIXTURE(Releasing, "best is what the latest run recommends, of workloads and inputs of today") {
  const auto settings = [&](const std::string& argument, const std::string& release) {
    return with_variant(with_workload_keys(fib, "args = [\"" + argument + "\", \"data\"]"), "fat",
                        "lto = \"fat\"") +
           release;
  };
  file("data/in.txt", "1").file("pgo.toml", settings("1", ""));
  REQUIRE(run({"run", "-q"}).code == 0);
  file("pgo.toml", settings("1", "\n[release]\narchive = []\n"));
  released({"--out", "data/dist"});
  CHECK(run({"release", "--out", "data/dist"}).code == 0);
  file("data/in.txt", "2");
  refused(2, "PROJECT/data/in.txt, an input of workload 'fib', changed since run", {});
  file("data/in.txt", "1");
  file("pgo.toml", settings("2", ""));
  refused(2, "workload 'fib' changed since run", {});
  file("pgo.toml", settings("1", "\n[[workload]]\nname = \"other\"\n"));
  refused(2, "workload 'other' changed since run", {});
  auto named = settings("1", "");
  file("pgo.toml", named.replace(named.find("[project]\n"), 10, "[project]\nname = \"fib\"\n"));
  refused(2, "[project] in pgo.toml changed since run", {});
  // A copy of the project is judged by its own files, wherever it is.
  file("pgo.toml", settings("1", ""));
  const auto moved = path().parent_path() / "moved";
  fs::copy(path(), moved, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  const auto there = [&] { return run({"release", "best", (moved / "pgo.toml").string(), "-q"}); };
  CHECK_MESSAGE(there().code == 0, there().err);
  std::ofstream(moved / "fib.rs") << "print 7";
  CHECK(contains(there().err, "moved/fib.rs changed since run"));
}

TEST_CASE_FIXTURE(
    Releasing, "what the run shows beyond the guard is refused, and what may be is only taken on request") {
  REQUIRE(run({"run", "-q"}).code == 0);
  const auto flagged = [&](const char* flag, double effect, const json& hi) {
    auto results = json::parse(read(".pgo-orch/latest/results.json"));
    results["recommended"] = "fat";
    for (auto& claim : results.at("comparisons"))
      if (claim.at("metric") == "runtime") {
        claim["flags"] = flag ? json::array({flag}) : json::array();
        claim["effect_pct"] = effect;
        claim["hi_pct"] = hi;
      }
    file(".pgo-orch/latest/results.json", results.dump());
  };
  flagged("guard", 5.2, 6);
  for (const Words& words : {Words{"fat"}, Words{"best"}, Words{"fat", "--accept-open"}})
    refused(1, "shows that it takes 5.2 % more run time in 'fib' than 'baseline', and the guard allows less.",
            words);
  CHECK(!fs::exists(path("dist")));
  flagged("guard?", 0.1, 2.5);
  refused(1, "it may take up to 2.5 % more run time in 'fib' than 'baseline', and the guard allows less.");
  flagged("guard?", 0.1, nullptr);
  refused(1, "it may take any amount more run time in 'fib' than 'baseline'");
  released({"fat", "--accept-open"});
  flagged(nullptr, 0.1, 0.5);
  released({"best"});
  // Of other sources it says nothing.
  flagged("guard", 5.2, 6);
  file("fib.rs", "print 2");
  released();
}
