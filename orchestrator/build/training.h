#pragma once
// Executes training and merging: the instrumented program's runs, and one profile of all of them.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "orchestrator/build/step_result.h"
#include "orchestrator/store/build_times.h"
#include "pgo/step.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// The training steps of a variant, and the merge behind them.
struct Training {
  std::vector<pgo::TrainStep> workloads;
  pgo::MergeStep merge;
  /// Gets what a run printed, and says what is wrong with it. None: it is not looked at.
  std::function<StepResult(const pgo::Workload&, const std::filesystem::path& output)> check{};
};

/// What the runs of the workloads took and left, in the order of the training.
struct Trained {
  std::vector<StageRun> runs;
  std::vector<report::TrainedWorkload> workloads;
  StageRun merging;
};

/// Runs each workload as often as it says, and refuses missing, empty or damaged profiles by name. Those of a
/// workload are merged when its runs are over, if the merge has a tool; else they stay as they are. A
/// workload is not run again if an interrupted training had finished it.
StepResult run_workloads(const Training& training, const std::filesystem::path& instrumented,
                         toolchains::Runner& runner, const std::function<void(const std::string&)>& begin,
                         Trained& trained);

/// Merges what the runs left into the profile of the merge, weighed as it says.
StepResult merge_workloads(const Training& training, toolchains::Runner& runner, Trained& trained);

/// Removes what the runs left, unless raw profiles are to be kept: it is in the merged profile, or elsewhere.
/// With MergeStep::keep_each the merged profile of each workload stays.
void forget_runs(const Training& training);

/// Both, and what is kept of it for the next time.
/// `begin` is told the name of each workload. `times` gets one entry for training and one for merging.
///
/// Nothing is run if the last training had the same inputs and its profile is still there. The inputs: the
/// instrumented executables, each workload's command, environment, standard input, setup, the files and
/// folders that its words and variables name, runs and weights, and the merging tool. Training a program that
/// iterates hash maps gives another profile each time, so its inputs are compared, not its result.
StepResult execute(const Training& training, const std::filesystem::path& instrumented,
                   toolchains::Runner& runner, const std::function<void(const std::string&)>& begin,
                   report::PgoResult& pgo, std::vector<StageTimes>& times);

/// Merges the profiles that the training of another variant left of these workloads (MergeStep::trained_by).
StepResult merge_trained(const pgo::MergeStep& step, toolchains::Runner& runner, report::PgoResult& pgo,
                         std::vector<StageTimes>& times);

/// Whether the last training had these inputs and its profile is still there.
bool is_trained(const Training& training, const std::filesystem::path& instrumented);

}  // namespace pgo_orch::orchestrator
