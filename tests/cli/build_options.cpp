#include <doctest/doctest.h>
#include <signal.h>

#include <set>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

std::string with_build(const std::string& build) {
  return with_build_keys(fib + R"(
[[variant]]
name = "fat"
lto = "fat"

[[variant]]
name = "pgo"
pgo = true

[[variant]]
name = "o2"
opt-level = 2
)",
                         build);
}

/// "fat/plain", "pgo/instrumented", ... in their order.
Words builds_in(const Test& test) {
  Words builds;
  for (const auto& what : test.story())
    if (what.starts_with("build ")) builds.push_back(what.substr(6));
  return builds;
}

}  // namespace

TEST_CASE("with build.parallel variants are built at once, and their times are marked as shared") {
  Test test;
  test.file("pgo.toml", with_build("parallel = 3\n")).file("fib.rs", "print 1");
  test.hold("build", "variants/fat/");
  auto running = test.start({"run", "--no-measure"});
  test.wait_until_held();
  // The others go on while `fat` is held.
  CHECK(soon([&] { return std::filesystem::exists(test.path(".pgo-orch/variants/o2/bin/fib")); }));
  CHECK(soon([&] { return std::filesystem::exists(test.path(".pgo-orch/variants/pgo/bin/fib")); }));
  running.signal(SIGINT);
  CHECK(running.wait().code == 130);
  test.let_go();
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  for (const char* name : {"fat", "pgo", "o2"}) {
    CHECK(test.reason(name) == "ok: ");
    CHECK(test.row(name).at("build").at("shared") == true);
  }
  Words order;
  for (const auto& variant : test.results().at("variants")) order.push_back(variant.at("name"));
  CHECK(order == Words{"baseline", "fat", "pgo", "o2"});
}

TEST_CASE("without build.parallel a variant is built after the other, and no time is shared") {
  Test test;
  test.file("pgo.toml", with_build("")).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  for (const char* name : {"baseline", "fat", "pgo", "o2"})
    CHECK(test.row(name).at("build").at("shared") == false);
}

TEST_CASE("a failure of one of several builds at once is that variant's alone") {
  Test test;
  test.file("pgo.toml", with_build("parallel = 2\n") + "[[variant]]\nname = \"bad\"\ncfg = [\"bad\"]\n");
  test.file("fib.rs", "if bad error no\nprint 1");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("bad") == "failed: build: exit code 101");
  for (const char* name : {"fat", "pgo", "o2"}) CHECK(test.reason(name) == "ok: ");
}

TEST_CASE("build.runs builds all variants so often again from nothing, in rounds of random order") {
  Test test;
  test.file("pgo.toml", with_build("runs = 4\n")).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure", "--seed", "1"}).code == 0);
  const auto builds = builds_in(test);  // once in the order of the file, then in rounds
  REQUIRE(builds.size() == 5 * 5);
  std::set<Words> orders;
  for (auto round = builds.begin() + 5; round != builds.end(); round += 5) {
    orders.insert(Words(round, round + 5));
    CHECK(std::set<std::string>(round, round + 5) ==
          std::set<std::string>(builds.begin(), builds.begin() + 5));
  }
  CHECK(orders.size() > 1);
  for (const char* name : {"baseline", "fat", "pgo", "o2"}) {
    CHECK(test.row(name).at("build").at("runs").size() == 4);
    CHECK(test.row(name).at("build").at("wall_s").is_number());
    CHECK(test.row(name).at("build").at("stored") == false);
  }
  const auto& results = test.results();
  CHECK(results.at("build_rounds").at("rounds") == 4);
  CHECK(results.at("build_rounds").at("noise_floor_pct") == nullptr);  // there is no control
  for (const auto& comparison : results.at("comparisons")) {
    if (comparison.at("metric") != "build") continue;
    CHECK(comparison.at("lo_pct").is_number());
    CHECK(comparison.at("basis") == "parametric");
    CHECK(comparison.at("rounds") == 4);
  }
}

TEST_CASE("with a control the baseline is built once more in every round") {
  Test test;
  std::string file = with_build("runs = 2\n");
  file.replace(file.find("control = false"), 15, "control = true");
  test.file("pgo.toml", file).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.builds().size() == 5 + 2 * 6);
  CHECK(test.results().at("build_rounds").at("noise_floor_pct").is_number());
  CHECK(test.row("baseline").at("build").at("runs").size() == 2);
}

TEST_CASE("rounds of builds are kept: only what is new is built again, beside the baseline") {
  Test test;
  test.file("pgo.toml", with_build("runs = 2\n")).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  const auto before = test.row("fat").at("build");
  test.forget_calls();
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.builds().size() == 5);  // all fresh
  CHECK(test.row("fat").at("build").at("runs") == before.at("runs"));
  CHECK(test.row("fat").at("build").at("stored") == true);

  test.file("pgo.toml", with_build("runs = 2\n") + "[[variant]]\nname = \"o1\"\nopt-level = 1\n");
  test.forget_calls();
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.builds().size() == 6 + 2 * 2);
  CHECK(test.row("o1").at("build").at("runs").size() == 2);
  CHECK(test.row("o1").at("build").at("stored") == false);
  CHECK(test.row("fat").at("build").at("runs") == before.at("runs"));
  CHECK(test.row("baseline").at("build").at("runs").size() == 4);

  test.forget_calls();
  CHECK(test.run({"run", "--no-measure", "--fresh"}).code == 0);
  CHECK(test.builds().size() == 6 + 2 * 6);
}

TEST_CASE("rounds of builds that were cut off go on where they were") {
  Test test;
  test.file("pgo.toml", with_build("runs = 2\n")).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  const std::string rounds = test.read(".pgo-orch/build-rounds.jsonl");
  test.file(".pgo-orch/build-rounds.jsonl", rounds.substr(0, rounds.find('\n') + 40));
  test.forget_calls();
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.builds().size() == 5 + 5);
}

TEST_CASE("a variant that fails to build again is failed, and the others go on") {
  Test test;
  test.file("pgo.toml", with_build("runs = 3\n")).file("fib.rs", "print 1");
  std::filesystem::rename(test.outside("bin/cargo"), test.outside("bin/other-cargo"));
  test.tool("cargo", R"(
case "$1 $*" in build*variants/fat/*)
  [ -e "$TOY_DIR/again" ] && { echo "error: once is enough" >&2; exit 101; }
  : > "$TOY_DIR/again";;
esac
exec "${0%/*}/other-cargo" "$@")");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("fat") == "failed: build: exit code 101");
  CHECK(test.row("o2").at("build").at("runs").size() == 3);
}

TEST_CASE("build times of an earlier run are taken over, and said to be stored") {
  Test test;
  test.file("pgo.toml", with_build("")).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  const auto before = test.row("pgo").at("build");
  CHECK(before.at("stored") == false);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  const auto after = test.row("pgo").at("build");
  CHECK(after.at("stored") == true);
  for (const char* key : {"wall_s", "measured_at", "runs", "stages"}) CHECK(after.at(key) == before.at(key));
}

TEST_CASE("a build that finds a part of itself fresh gives no time") {
  Test test;
  test.file("fib.rs", "print 1");
  test.file("pgo.toml", project_with("source = \"fib.rs\"\ndependencies = { regex = \"1\" }\n"));
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  const auto before = test.row("baseline").at("build");
  CHECK(before.at("wall_s").is_number());
  test.file("fib.rs", "print 2");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  // The dependency was fresh: what there is, is the first build's.
  CHECK(test.row("baseline").at("build").at("stored") == true);
  CHECK(test.row("baseline").at("build").at("wall_s") == before.at("wall_s"));
}

TEST_CASE("keep = bin removes the target folders when a variant is done, and keeps the executables") {
  Test test;
  test.file("pgo.toml", with_build("keep = \"bin\"\n")).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(test.path(".pgo-orch/variants")))
    CHECK(!entry.path().filename().string().starts_with("target-"));
  for (const char* name : {"baseline", "fat", "pgo", "o2"})
    CHECK(std::filesystem::exists(test.path(std::string(".pgo-orch/variants/") + name + "/bin/fib")));
  CHECK(test.run({"run", "--no-measure"}).code == 0);
}

TEST_CASE("keep = all lets the next run compile nothing") {
  Test test;
  test.file("pgo.toml", with_build("")).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  for (const char* log : {"baseline/plain.log", "pgo/instrumented.log", "pgo/optimized.log"}) {
    const auto text = test.read(std::string(".pgo-orch/variants/") + log);
    CHECK(text.find("Finished") != std::string::npos);
    CHECK(text.find("Running") == std::string::npos);
  }
}

TEST_CASE("a lost record of what was built costs a build, not a wrong proof") {
  Test test;
  test.file("pgo.toml", with_build("")).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  std::filesystem::remove(test.path(".pgo-orch/variants/pgo/optimized.units.json"));
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.reason("pgo") == "ok: ");
}

TEST_CASE("a matrix is built as its product, without what it excludes") {
  Test test;
  test.file("fib.rs", "print 1").file("pgo.toml", fib + R"(
[[matrix]]
inherits = "baseline"
opt-level = [1, 2]
lto = ["thin", "fat"]
exclude = [{ opt-level = 1, lto = "fat" }]
name = "o{opt-level}-{lto}"
)");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  Words story = test.story();
  std::erase(story, "strip");
  CHECK(story == Words{"fetch", "build baseline/plain", "run baseline", "run baseline", "build o1-thin/plain",
                       "run o1-thin", "build o2-thin/plain", "run o2-thin", "build o2-fat/plain",
                       "run o2-fat"});
}

TEST_CASE("another source or a patch is a variant too") {
  Test test;
  test.file("fib.rs", "print 1\n").file("other.rs", "print 1\nsleep 0\n");
  test.file("one.patch", "--- a/fib.rs\n+++ b/fib.rs\n@@ -1 +1,2 @@\n print 1\n+sleep 0\n");
  test.file("pgo.toml", fib + R"(
[[variant]]
name = "source"
source = ["other.rs"]
[[variant]]
name = "patched"
patch = "one.patch"
)");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.reason("patched") == "ok: ");
  CHECK(test.row("patched").at("identical_to") == "source");
  CHECK(test.read("fib.rs") == "print 1\n");
}
