#include "report/build_diff.h"

#include <doctest/doctest.h>

using namespace pgo_orch;
using namespace pgo_orch::report;
using namespace std::chrono_literals;

namespace {

CompiledUnit unit(const std::string& name, Nanoseconds frontend, Nanoseconds codegen) {
  CompiledUnit made;
  made.name = name;
  made.stages = {{"frontend", frontend, 0, {}}, {"codegen", codegen, 0, {}}};
  return made;
}

/// With the build phases of one variant.
Results run_with(const std::vector<CompiledUnit>& units) {
  Results results;
  VariantResult row;
  row.name = "fat";
  results.variants.push_back(row);
  BuildPhases build;
  build.variant = "fat";
  build.units = units;
  results.phases.build.push_back(build);
  return results;
}

}  // namespace

TEST_CASE("builds differ by crate and pass, the largest change first; units of one name go together") {
  const auto changes =
      build_changes(run_with({unit("a", 1s, 2s), unit("b", 1s, 1s), unit("b", 1s, 1s), unit("gone", 0s, 1s)}),
                    run_with({unit("a", 1s, 5s), unit("b", 1s, 1s), unit("new", 500ms, 0s)}));
  REQUIRE(changes.size() == 5);
  CHECK(changes[0].crate == "a");
  CHECK(changes[0].pass == "codegen");
  CHECK(changes[0].before == 2s);
  CHECK(changes[0].after == 5s);
  CHECK(changes[1].crate == "b");
  CHECK(changes[1].difference() == -1s);
  CHECK(changes[3].crate == "gone");
  CHECK(changes[3].after == 0s);
  CHECK(changes[4].crate == "new");
  const auto table = build_changes_table(changes, 2);
  CHECK(table.rows.size() == 2);
  CHECK(table.rows[0].back().text == "+3.000 s");
  CHECK(table.caption.starts_with("the 2 largest of 5 changes"));
}

TEST_CASE("builds of one run only are not compared") {
  CHECK_FALSE(share_build_phases(run_with({}), run_with({unit("a", 1s, 1s)})));
  CHECK(share_build_phases(run_with({unit("b", 1s, 1s)}), run_with({unit("a", 1s, 1s)})));
  CHECK(build_changes(run_with({}), run_with({unit("a", 1s, 1s)})).empty());
  CHECK(build_changes(Results(), run_with({unit("a", 1s, 1s)})).empty());
}
