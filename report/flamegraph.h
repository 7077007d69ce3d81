#pragma once
// Flame graphs: stacks as a picture, drawn by inferno-flamegraph. The same stacks give the same bytes.

#include <filesystem>
#include <string>

#include "measure/stacks/stacks.h"
#include "toolchains/profilers.h"

namespace pgo_orch::report {

/// What a picture is drawn from.
struct FlameGraph {
  std::string title;
  std::string subtitle;  ///< what was counted, by what
  std::string unit;      ///< of the counts
  std::string folded;  ///< lines of "a;b;c COUNT"; of two counts, the baseline's first, in a differential one
};

/// How much of the time each function takes, with what it calls on top of it.
FlameGraph flame_graph(const measure::Stacks& stacks, const std::string& title);

/// What changed: widths are those of `stacks`, red is more than in `baseline` and blue is less, for the same
/// number of runs. Both must be comparable.
FlameGraph differential_flame_graph(const measure::Stacks& baseline, const measure::Stacks& stacks,
                                    const std::string& title);

/// No if they count different things.
toolchains::Answer comparable(const measure::Stacks& baseline, const measure::Stacks& stacks);

/// Draws a file that holds `graph.folded`.
toolchains::Command draw_command(const toolchains::Program& inferno, const FlameGraph& graph,
                                 const std::filesystem::path& folded, const std::filesystem::path& svg);

/// "1,024 samples by perf cpu-clock in 24 runs".
std::string describe(const measure::Stacks& stacks);

}  // namespace pgo_orch::report
