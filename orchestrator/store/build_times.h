#pragma once
// How long a stage took, stored beside it: a later run finds everything up to date and has no time to show.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "toolchains/command.h"
#include "toolchains/units.h"

namespace pgo_orch::orchestrator {

/// One clean build, or one training, or one merge.
struct StageRun {
  Nanoseconds wall{};
  Nanoseconds user{};
  Nanoseconds system{};
  Bytes peak_rss;
};

/// The runs of a stage for one key, which identifies what was built.
struct StageTimes {
  std::string stage;
  std::string key;
  std::string measured_at;
  std::vector<StageRun> runs;
  bool stored = false;  ///< read from an earlier run of the program
  bool shared = false;  ///< other builds ran at the same time

  /// By wall time; of an even number the mean of the middle two; zeros without runs.
  StageRun median() const;
};

/// Stored times of a stage; empty if there are none for this key.
StageTimes load_times(const std::filesystem::path& file, const std::string& stage, const std::string& key);
/// The memory of the largest process in the stored runs, whatever their key; zero if there are none.
Bytes largest_process(const std::filesystem::path& file);
void save_times(const std::filesystem::path& file, const StageTimes& times);

/// As it is kept: {"wall_ns", "user_ns", "system_ns", "peak_rss_bytes"}.
nlohmann::json to_json(const StageRun& run);
StageRun run_from(const nlohmann::json& json);

StageRun to_run(const toolchains::Outcome& outcome);

/// Of two that run one after the other: the sum of their times, the larger memory.
StageRun operator+(const StageRun& a, const StageRun& b);

}  // namespace pgo_orch::orchestrator
