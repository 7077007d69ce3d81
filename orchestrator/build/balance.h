#pragma once
// The weights with which profiles are merged, so that no workload of a training drowns another.

#include <cstdint>
#include <vector>

#include "orchestrator/build/training.h"

namespace pgo_orch::orchestrator {

/// For each cost (of all runs of a workload) what makes it as heavy as the heaviest, times its own weight. A
/// cost of 0 leaves the weight as it is. `powers`: only by powers of two, for costs that differ each time.
std::vector<std::int64_t> balanced_weights(const std::vector<std::int64_t>& weights,
                                           const std::vector<std::uint64_t>& costs, bool powers);

/// Weighs the inputs of the merge, each merged by itself already, as pgo's `balance` asks, and records it
/// with the workloads that were trained. `runs`: what the training of each took.
StepResult balance(pgo::MergeStep& step, const std::vector<StageRun>& runs, toolchains::Runner& runner,
                   std::vector<report::TrainedWorkload>& trained);

}  // namespace pgo_orch::orchestrator
