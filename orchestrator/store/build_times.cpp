#include "orchestrator/store/build_times.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

nlohmann::json to_json(const StageRun& run) {
  return {{"wall_ns", run.wall.count()},
          {"user_ns", run.user.count()},
          {"system_ns", run.system.count()},
          {"peak_rss_bytes", run.peak_rss.count}};
}

StageRun run_from(const nlohmann::json& json) {
  return {Nanoseconds(json.value("wall_ns", std::int64_t{})),
          Nanoseconds(json.value("user_ns", std::int64_t{})),
          Nanoseconds(json.value("system_ns", std::int64_t{})),
          Bytes{json.value("peak_rss_bytes", std::uint64_t{})}};
}

StageRun StageTimes::median() const {
  if (runs.empty()) return {};
  auto sorted = runs;
  std::ranges::sort(sorted, {}, &StageRun::wall);
  const StageRun& below = sorted[(sorted.size() - 1) / 2];
  const StageRun& above = sorted[sorted.size() / 2];
  return {(below.wall + above.wall) / 2, (below.user + above.user) / 2, (below.system + above.system) / 2,
          std::max(below.peak_rss, above.peak_rss)};
}

StageTimes load_times(const std::filesystem::path& file, const std::string& stage,
                      const std::string& key) try {
  StageTimes times{.stage = stage, .key = key, .measured_at = {}, .runs = {}};
  std::error_code missing;
  if (!std::filesystem::is_regular_file(file, missing)) return times;
  const auto json = nlohmann::json::parse(toolchains::read_file(file), nullptr, false);
  if (!json.is_object() || json.value("key", "") != key) return times;
  times.measured_at = json.value("measured_at", "");
  times.shared = json.value("shared", false);
  times.stored = true;
  for (const auto& run : json.value("runs", nlohmann::json::array())) times.runs.push_back(run_from(run));
  return times;
} catch (const nlohmann::json::exception&) {  // of another version, or damaged: as if it were not there
  return {.stage = stage, .key = key, .measured_at = {}, .runs = {}};
}

Bytes largest_process(const std::filesystem::path& file) try {
  Bytes most{};
  std::error_code missing;
  if (!std::filesystem::is_regular_file(file, missing)) return most;
  const auto json = nlohmann::json::parse(toolchains::read_file(file));
  for (const auto& run : json.at("runs")) most.count = std::max(most.count, run_from(run).peak_rss.count);
  return most;
} catch (const nlohmann::json::exception&) {
  return {};
}

void save_times(const std::filesystem::path& file, const StageTimes& times) {
  nlohmann::json runs = nlohmann::json::array();
  for (const auto& run : times.runs) runs.push_back(to_json(run));
  const nlohmann::json json{{"stage", times.stage},
                            {"key", times.key},
                            {"measured_at", times.measured_at},
                            {"shared", times.shared},
                            {"runs", runs}};
  toolchains::write_file_atomically(file, json.dump(1) + "\n");
}

StageRun to_run(const toolchains::Outcome& outcome) {
  return {outcome.wall, outcome.user, outcome.system, outcome.peak_rss};
}

StageRun operator+(const StageRun& a, const StageRun& b) {
  return {a.wall + b.wall, a.user + b.user, a.system + b.system, std::max(a.peak_rss, b.peak_rss)};
}

}  // namespace pgo_orch::orchestrator
