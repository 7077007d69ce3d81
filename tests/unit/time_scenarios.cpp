// Turns of build scenarios, with builds that are made up.

#include <doctest/doctest.h>

#include "orchestrator/time/scenario_session.h"
#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using std::chrono::milliseconds;

namespace {

using enum BuildScenario;

/// Builds what stands in a file, and tells what it did: "forget", "build TEXT", "fresh".
struct Workbench {
  toolchains::TempDir folder;
  std::vector<std::string> story;
  std::string fails_at;  ///< a text that does not compile
  std::string built;

  IncrementalBuild build() {
    IncrementalBuild made;
    made.edited = folder.path() / "main.rs";
    made.original = "a";
    made.patched = "b";
    made.forget = [this] {
      story.emplace_back("forget");
      built.clear();
    };
    made.build = [this](Again& again) -> StepResult {
      const std::string text = toolchains::read_file(folder.path() / "main.rs");
      if (text == fails_at) return failed_step("build", "exit code 101");
      again.all_fresh = text == built;
      again.took.wall = milliseconds(again.all_fresh ? 1 : built.empty() ? 100 : 10);
      story.push_back(again.all_fresh ? "fresh" : "build " + text);
      built = text;
      return std::nullopt;
    };
    return made;
  }
};

using Story = std::vector<std::string>;

}  // namespace

TEST_CASE("a turn builds from nothing, then unchanged, then with the edit, which it takes back") {
  Workbench bench;
  const Turn turn = take_turn(bench.build(), {incr_full, incr_unchanged, incr_patched}, false);
  CHECK(bench.story == Story{"forget", "build a", "fresh", "build b"});
  CHECK(turn.took.at(incr_full).wall == milliseconds(100));
  CHECK(turn.took.at(incr_unchanged).wall == milliseconds(1));
  CHECK(turn.took.at(incr_patched).wall == milliseconds(10));
  CHECK(turn.reasons.empty());
  CHECK(toolchains::read_file(bench.folder.path() / "main.rs") == "a");
}

TEST_CASE("where only the edit is timed the tree is built again before it, so that each is a real change") {
  Workbench bench;
  const auto build = bench.build();
  take_turn(build, {incr_patched}, false);
  const Turn second = take_turn(build, {incr_patched}, true);
  CHECK(bench.story == Story{"forget", "build a", "build b", "build a", "build b"});
  CHECK(second.took.size() == 1);
  CHECK(second.took.at(incr_patched).wall == milliseconds(10));
}

TEST_CASE("a failed build is the reason of all that would follow") {
  Workbench bench;
  bench.fails_at = "a";
  const Turn turn = take_turn(bench.build(), {incr_full, incr_patched}, false);
  CHECK(turn.took.empty());
  CHECK(turn.reasons.at(incr_full) == "build: exit code 101");
  CHECK(turn.reasons.at(incr_patched) == "build: exit code 101");
  bench.fails_at = "b";
  const Turn edited = take_turn(bench.build(), {incr_full, incr_patched}, false);
  CHECK(edited.took.contains(incr_full));
  CHECK(edited.reasons.size() == 1);
  CHECK(edited.reasons.at(incr_patched) == "build: exit code 101");
  CHECK(toolchains::read_file(bench.folder.path() / "main.rs") == "a");
}

TEST_CASE("an edit that nothing is built for has no time") {
  Workbench bench;
  auto build = bench.build();
  build.build = [](Again& again) -> StepResult {
    again.all_fresh = true;
    return std::nullopt;
  };
  const Turn turn = take_turn(build, {incr_patched}, false);
  CHECK(turn.took.empty());
  CHECK(turn.reasons.at(incr_patched) ==
        "cargo found nothing to build after the edit: the program does not use that file");
}

TEST_CASE("an edit changes all places") {
  const auto edited = apply_edit({.file = "main.rs", .replace = "35", .with = "36"}, "fib(35) + 3535");
  CHECK(edited.text == "fib(36) + 3636");
  CHECK(edited.places == 3);
  CHECK(apply_edit({.file = "", .replace = "x", .with = "y"}, "abc").places == 0);
}
