#pragma once
// Flame graphs: pictures of stacks, drawn by inferno. The same stacks give the same bytes.

#include <filesystem>
#include <string>

#include "measure/stacks.h"
#include "toolchains/profilers.h"

namespace pgo_orch::report {

/// What was written. The folded stacks always are; without inferno, `svg` is empty and `note` says what makes
/// a picture of them.
struct FlameGraph {
  std::filesystem::path folded;
  std::filesystem::path svg;
  std::string note;
};

/// STEM.folded and STEM.svg: how much of the time each function takes, with what it calls on top of it.
FlameGraph write_flame_graph(toolchains::Runner& runner,
                             const toolchains::Probe<toolchains::Program>& inferno,
                             const measure::Stacks& stacks, const std::string& title,
                             const std::filesystem::path& stem);

/// As above, of what changed: widths are those of `stacks`, red is more than in `baseline` and blue is less,
/// for the same number of runs. STEM.folded then has two counts a line, the baseline's first. Stacks of
/// different units or sources are not comparable: then nothing is written, and the note says so.
FlameGraph write_differential_flame_graph(toolchains::Runner& runner,
                                          const toolchains::Probe<toolchains::Program>& inferno,
                                          const measure::Stacks& baseline, const measure::Stacks& stacks,
                                          const std::string& title, const std::filesystem::path& stem);

/// "1,024 samples by perf cpu-clock, 24 runs".
std::string describe(const measure::Stacks& stacks);

/// The baseline's counts as they would be with as many runs and looks a second as `stacks` has.
measure::Stacks scaled_to(const measure::Stacks& baseline, const measure::Stacks& stacks);

}  // namespace pgo_orch::report
