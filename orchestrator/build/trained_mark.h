#pragma once
// What says that the profiles of a workload are complete, beside the folder of the raw ones: a training that
// is killed later need not run it again, and other variants can be made of them.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "orchestrator/store/build_times.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// A workload that was run as often as it says.
struct DoneTraining {
  std::string key;  ///< of the inputs of its runs (workload_key)
  StageRun took;
  report::TrainedWorkload trained;
};

std::filesystem::path mark_of(const std::filesystem::path& raw_dir);
void mark_done(const std::filesystem::path& raw_dir, const DoneTraining& done);

/// What an earlier training finished, if what it left is there: raw profiles, or, where it `merges`, the one
/// of them all.
std::optional<DoneTraining> done_before(const std::filesystem::path& raw_dir, bool merges);

/// The same, if the merged profile is there.
std::optional<DoneTraining> profile_left(const std::filesystem::path& raw_dir);

nlohmann::json to_json(const report::TrainedWorkload& trained);
report::TrainedWorkload trained_from(const nlohmann::json& json);

}  // namespace pgo_orch::orchestrator
