// What runs in CI is what the README tells people to run.

#include <doctest/doctest.h>

#include "../workflow_steps.h"
#include "toolchains/files.h"

using namespace pgo_orch;

namespace {

const std::string workflow = toolchains::read_file(PGO_ORCH_SOURCE_DIR "/.github/workflows/pgo.yml");
const std::string readme = toolchains::read_file(PGO_ORCH_SOURCE_DIR "/README.md");

}  // namespace

TEST_CASE("a workflow's steps are read with their scripts, folders and paths") {
  const auto steps = tests::workflow_steps(R"(# a comment
on:
  push:
jobs:
  one:
    steps:
      - name: Two lines
        working-directory: a/b
        run: |
          first
          second > "$FILE"

      - uses: actions/upload-artifact@v4
        with:
          path: |
            a.md
            b/
      - run: third
)");
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].run == "first\nsecond > \"$FILE\"\n");
  CHECK(steps[0].working_directory == "a/b");
  CHECK(steps[1].run == "");
  CHECK(steps[1].paths == std::vector<std::string>{"a.md", "b/"});
  CHECK(steps[2].run == "third\n");
}

TEST_CASE("each command of the workflow that is pgo-orch or make stands in the README") {
  int commands = 0;
  for (const auto& step : tests::workflow_steps(workflow)) {
    std::istringstream script(step.run);
    for (std::string line; std::getline(script, line);) {
      if (!line.starts_with("pgo-orch ") && !line.starts_with("make ")) continue;
      ++commands;
      CHECK_MESSAGE(readme.find(line) != std::string::npos, line);
    }
  }
  CHECK(commands == 4);
}
