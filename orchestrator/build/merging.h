#pragma once
// Raw profiles into one: each workload's when its runs are over, since raw ones fill disks; then all of them.

#include <filesystem>

#include "orchestrator/build/step_result.h"
#include "orchestrator/store/build_times.h"
#include "pgo/step.h"

namespace pgo_orch::orchestrator {

/// Where the profile of one workload is, beside the folder of its raw ones.
std::filesystem::path merged_beside(const std::filesystem::path& raw_dir);

/// Merges the raw profiles of one input, and removes their folder unless they are to be kept.
StepResult merge_raw(const pgo::MergeStep& step, const pgo::MergeInput& input, toolchains::Runner& runner,
                     StageRun& took);

/// Merges the profiles of all inputs, by their weights, into that of the step.
StepResult merge_all(const pgo::MergeStep& step, toolchains::Runner& runner, StageRun& took);

}  // namespace pgo_orch::orchestrator
