#pragma once
// Digests of what decides a profile, so that training is repeated when, and only when, something of it
// changed.

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/build/training.h"

namespace pgo_orch::orchestrator {

/// Of the instrumented executables in a folder.
std::string programs_digest(const std::filesystem::path& instrumented);

/// Of all that is known to decide what a workload's runs leave: the programs, command, environment, standard
/// input, runs, setup and prepare, and the content of files and folders that any of these words, also behind
/// a "=", or variables name.
std::string workload_key(const pgo::TrainStep& step, const std::string& programs);

/// Of all that decides the merged profile: the workloads' keys, their weights, the tool, and what is to be
/// kept.
std::string training_key(const Training& training, const std::vector<std::string>& keys);

}  // namespace pgo_orch::orchestrator
