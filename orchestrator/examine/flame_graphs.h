#pragma once
// Flame graphs as files.

#include <filesystem>
#include <string>

#include "report/flamegraph.h"
#include "toolchains/profilers.h"

namespace pgo_orch::orchestrator {

/// What was written; without a picture, `svg` is empty and `note` says what makes one, or what went wrong.
struct FlameGraphFiles {
  std::filesystem::path folded;
  std::filesystem::path svg;
  std::string note;
};

/// Writes STEM.folded, and draws STEM.svg from it if inferno is there. A picture of an earlier run is
/// removed.
FlameGraphFiles write_flame_graph(toolchains::Runner& runner,
                                  const toolchains::Probe<toolchains::Program>& inferno,
                                  const report::FlameGraph& graph, const std::filesystem::path& stem);

}  // namespace pgo_orch::orchestrator
