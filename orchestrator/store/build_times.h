#pragma once
// What a stage took, kept beside it: a later run finds everything fresh and has no time of its own to show.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
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

/// The runs of a stage with the same key: what was asked for. Another key's runs don't count.
struct StageTimes {
  std::string stage;
  std::string key;
  std::string measured_at;
  std::vector<StageRun> runs;
  bool stored = false;  ///< read from an earlier run of the program
  bool shared = false;  ///< other builds ran at the same time

  StageRun median() const;  ///< by wall time, of an even number the mean of the middle two; of no runs: zeros
};

/// Stored times of a stage; empty if there are none for this key.
StageTimes load_times(const std::filesystem::path& file, const std::string& stage, const std::string& key);
void save_times(const std::filesystem::path& file, const StageTimes& times);

/// As it is kept: {"wall_ns", "user_ns", "system_ns", "peak_rss_bytes"}.
nlohmann::json to_json(const StageRun& run);
StageRun run_from(const nlohmann::json& json);

StageRun to_run(const toolchains::Outcome& outcome);

/// Sums times, takes the larger memory: for what is done one after another.
StageRun operator+(const StageRun& a, const StageRun& b);

}  // namespace pgo_orch::orchestrator
