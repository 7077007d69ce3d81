#pragma once
// Stacks of a program's run, by what the machine has.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "measure/stacks/perf.h"
#include "measure/stacks/stacks.h"
#include "toolchains/profilers.h"

namespace pgo_orch::measure {

/// What one run takes without anybody looking.
struct RunCost {
  Nanoseconds wall{};
  Nanoseconds cpu{};  ///< user and system, of all its processes
};

/// How often to look at how many runs.
struct SamplingPlan {
  int frequency = 997;
  std::size_t runs = 1;
};

/// Enough for about a thousand samples: the lowest frequency that gives them in one run (a long build would
/// leave gigabytes otherwise), else the highest and as many runs as it takes, but none that the budget has no
/// time for (perf itself takes some 0.3 s a run) and at most `most_runs`. Frequencies are primes, so that
/// they don't beat in time with the program.
SamplingPlan plan_sampling(const RunCost& cost, Nanoseconds budget, std::size_t most_runs);

struct StacksRequest {
  toolchains::Command program;  ///< with its arguments, environment, folder, standard input and time limit
  int exit_code = 0;            ///< that the run must end with
  std::vector<toolchains::Command> prepare;  ///< before each run
  std::optional<RunCost> cost;               ///< unknown: a plain run finds out
  std::size_t most_runs = 200;               ///< 1 for a build, whose second run finds all done
  Bytes stack{16384};                        ///< see PerfOptions; compilers need 65528, which is perf's limit
  Nanoseconds budget = std::chrono::seconds(30);  ///< of wall time; the first run is never cut short for it
};

struct StacksFound {
  std::optional<Stacks> stacks;
  /// Why there are none, or what to know of them: that it is not perf that took them and why, that they name
  /// few functions. Sentences with "; " between them; mostly empty.
  std::string note;
};

/// perf; where it may not sample, callgrind, unless that would take longer than the budget; else the reasons.
/// A run that ends otherwise than it must gives no stacks. Files are made in `scratch` only, which should be
/// new.
StacksFound sample_stacks(toolchains::Runner& runner, const toolchains::Profilers& profilers,
                          const StacksRequest& request, const std::filesystem::path& scratch);

}  // namespace pgo_orch::measure
