#pragma once
// Executes training and merging: the instrumented program's runs, and one profile of all of them.

#include <filesystem>
#include <vector>

#include "orchestrator/build_times.h"
#include "orchestrator/step_result.h"
#include "pgo/step.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// The training steps of a variant, and the merge behind them.
struct Training {
  std::vector<pgo::TrainStep> workloads;
  pgo::MergeStep merge;
};

/// A digest of everything known to decide the profile: the instrumented executables, each workload's command,
/// environment, standard input, setup, the files and folders its arguments name, runs and weights, and the
/// merging tool. Training a program that iterates hash maps gives another profile each time, so its inputs
/// are compared, not its result.
std::string training_key(const Training& training, const std::filesystem::path& instrumented);

/// Runs each workload as often as it says, refuses missing, empty or damaged profiles by name, and merges.
/// Nothing is run if the last training had the same key and its profile is still there.
/// `times` gets one entry for training and one for merging.
StepResult execute(const Training& training, const std::string& key, toolchains::Runner& runner,
                   report::PgoResult& pgo, std::vector<StageTimes>& times);

}  // namespace pgo_orch::orchestrator
