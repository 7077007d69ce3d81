#include <doctest/doctest.h>

#include "orchestrator/examine/function_times.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains_fakes.h"

using namespace pgo_orch;
using orchestrator::write_flame_graph;
namespace fs = std::filesystem;

namespace {

const report::FlameGraph graph{.title = "fib35 <pgo>",
                               .subtitle = "3 samples by perf",
                               .unit = "samples",
                               .folded = "[fib];main;<a::B as c::D>::e 2\n[fib];main 1\n"};

}  // namespace

TEST_CASE("without inferno the stacks are written, and what makes a picture of them is said") {
  const FakeTools tools;
  toolchains::ProcessRunner runner;
  const auto stem = tools.folder.path() / "o3-lto.thin";
  toolchains::write_file_atomically(stem.string() + ".svg", "of an earlier run");
  const auto files = write_flame_graph(
      runner, toolchains::Missing{"no inferno-flamegraph", "cargo install --locked inferno"}, graph, stem);
  CHECK(toolchains::read_file(files.folded) == graph.folded);
  CHECK(files.svg == "");
  CHECK_FALSE(fs::exists(stem.string() + ".svg"));
  CHECK(files.note ==
        stem.string() + ".folded was not drawn: no inferno-flamegraph: try `cargo install --locked inferno`");
}

TEST_CASE("a picture is there in full or not at all") {
  const FakeTools tools;
  toolchains::ProcessRunner runner;
  const auto stem = tools.folder.path() / "graph";
  const toolchains::Program fake{.path = tools.add("inferno-flamegraph", "echo half; exit 1")};
  const auto failed = write_flame_graph(runner, fake, graph, stem);
  CHECK(failed.svg == "");
  CHECK(failed.note.ends_with("graph.svg.part: exit code 1"));
  CHECK_FALSE(fs::exists(stem.string() + ".svg"));
  CHECK_FALSE(fs::exists(stem.string() + ".svg.part"));
  tools.add("inferno-flamegraph", "echo whole");
  const auto drawn = write_flame_graph(runner, fake, graph, stem);
  CHECK(drawn.note == "");
  CHECK(toolchains::read_file(drawn.svg) == "whole\n");
}

TEST_CASE("inferno draws the same stacks as the same bytes") {
  toolchains::ProcessRunner runner;
  const auto inferno =
      toolchains::find_flamegraph(runner, fs::path(PGO_ORCH_SOURCE_DIR) / "build/release/pgo-orch");
  if (!inferno) {
    MESSAGE("skipped: ", describe(inferno.missing()));
    return;
  }
  const toolchains::TempDir folder;
  const auto draw = [&](const report::FlameGraph& what, const char* name) {
    const auto files = write_flame_graph(runner, inferno, what, folder.path() / name);
    CHECK(files.note == "");
    return toolchains::read_file(files.svg);
  };
  const std::string picture = draw(graph, "a");
  CHECK(picture == draw(graph, "b"));
  CHECK(picture.find("fib35 &lt;pgo&gt;") != std::string::npos);
  CHECK(picture.find("&lt;a::B as c::D&gt;::e (2 samples, 66.67%)") != std::string::npos);
  report::FlameGraph differential = graph;
  differential.folded = "[fib];main;a 4 2\n[fib];main;b 0 3\n";
  CHECK(draw(differential, "c").find("b (3 samples, 60.00%; +") != std::string::npos);
}
