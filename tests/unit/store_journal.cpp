#include "orchestrator/store/journal.h"

#include <doctest/doctest.h>

#include <fstream>

#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;

namespace {

measure::Series series(const std::string& name, std::vector<int> rounds) {
  measure::Series made{.name = name, .rounds = std::move(rounds), .samples = {}, .failure = {}};
  made.samples.resize(made.rounds.size());
  return made;
}

using Rounds = std::vector<int>;

}  // namespace

TEST_CASE("a reference's rounds are taken up again though they are fewer") {
  const std::vector<measure::Series> had{series("base@1", {1, 2, 3, 4, 5}), series("fast@2", {1, 2, 3, 4, 5}),
                                         series("c@3", {1, 5})};
  const auto found = usable(had, {{"base", "1"}, {"fast", "2"}, {"c", "3"}}, {"c"});
  REQUIRE(found.size() == 3);
  CHECK(found[2].name == "c");
  CHECK(found[2].rounds == Rounds{1, 5});
  CHECK(usable(had, {{"base", "1"}, {"fast", "2"}, {"c", "3"}}).empty());
}

TEST_CASE("a reference that is new, or other than it was, begins where the others go on") {
  const std::vector<measure::Series> had{series("base@1", {1, 2}), series("c@3", {1, 2})};
  CHECK(usable(had, {{"base", "1"}, {"c", "4"}}, {"c"}).size() == 1);
  CHECK(usable(had, {{"base", "9"}, {"c", "3"}}, {"c"}).empty());
}

TEST_CASE("lines are appended, and a line that was cut is left out and ended") {
  const toolchains::TempDir folder;
  const JsonLines lines(folder.path() / "new/lines.jsonl");
  CHECK_FALSE(lines.exists());
  std::vector<nlohmann::json> read;
  const auto take = [&](const nlohmann::json& line) { read.push_back(line); };
  CHECK(lines.for_each(take) == 0);
  lines.append({{"a", 1}});
  lines.append({{"a", 2}});
  std::ofstream(folder.path() / "new/lines.jsonl", std::ios::app) << R"({"a":)";
  lines.append({{"a", "\xff"}});
  CHECK(lines.for_each(take) == 1);
  REQUIRE(read.size() == 3);
  CHECK(read[1].at("a") == 2);
  CHECK(read[2].at("a") == "\uFFFD");
  lines.remove();
  CHECK_FALSE(lines.exists());
}
