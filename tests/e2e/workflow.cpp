// The workflow's own commands, run as GitHub would run them, but for the time that the example may measure.

#include "../workflow_steps.h"

#include <regex>

#include "lab.h"

using namespace e2e;

namespace {

const fs::path source = PGO_ORCH_SOURCE_DIR;
const std::string example = "examples/tokenizer";

std::vector<pgo_orch::tests::WorkflowStep> steps() {
  return pgo_orch::tests::workflow_steps(read(source / ".github/workflows/pgo.yml"));
}

/// A checkout with the example, and pgo-orch on the PATH.
void check_out(Lab& lab, const fs::path& summary) {
  for (const char* name : {"pgo.toml", "tokenizer.rs"})
    lab.file(fs::path(example) / name, read(source / example / name));
  const std::regex max_time("max-time = \"[^\"]*\"");
  const std::string shortened = std::regex_replace(read(source / example / "pgo.toml"), max_time,
                                                   "max-time = \"200ms\"\nfloor = \"1m\"");
  lab.file(fs::path(example) / "pgo.toml", shortened);
  lab.file(summary.lexically_relative(lab.root()), "An earlier step's line.\n");
  lab.tools_from(fs::path(PGO_ORCH_PROGRAM).parent_path()).set("GITHUB_STEP_SUMMARY", summary);
}

}  // namespace

TEST_CASE("the workflow puts the table into the job's summary and keeps the report") {
  Lab lab;
  const fs::path summary = lab.root() / "summary.md";
  check_out(lab, summary);
  int ran = 0;
  for (const auto& step : steps()) {
    if (!contains(step.run, "pgo-orch ")) continue;
    const auto ended = lab.run_in(lab.root() / step.working_directory, {"sh", "-e", "-c", step.run});
    CAPTURE(step.run);
    CAPTURE(ended.err);
    CHECK(ended.status == 0);
    ++ran;
  }
  CHECK(ran == 3);
  CHECK(fs::exists(lab.root() / example / "dist/manifest.json"));
  const std::string text = read(summary);
  CHECK(text.starts_with("An earlier step's line.\n"));
  CHECK(contains(text, "| variant | run time | vs baseline |"));
  for (const char* name : {"baseline", "tuned", "pgo"})
    CHECK(contains(text, std::string("\n| ") + name + " | "));
  int kept = 0;
  for (const auto& step : steps()) {
    for (const auto& path : step.paths) {
      CAPTURE(path);
      CHECK(fs::exists(lab.root() / path));
      ++kept;
    }
  }
  CHECK(kept == 3);
}
