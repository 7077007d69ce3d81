#include "orchestrator/build/trained_mark.h"

#include "orchestrator/build/merging.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

nlohmann::json to_json(const report::TrainedWorkload& trained) {
  nlohmann::json json{{"name", trained.name},
                      {"raw_files", trained.raw_files},
                      {"raw_bytes", trained.raw_size.count},
                      {"remarks", trained.remarks}};
  if (trained.counts) json["counts"] = *trained.counts;
  if (trained.weight) json["weight"] = *trained.weight;
  return json;
}

report::TrainedWorkload trained_from(const nlohmann::json& json) {
  report::TrainedWorkload trained{.name = json.value("name", ""),
                                  .raw_files = json.value("raw_files", 0),
                                  .raw_size = Bytes{json.value("raw_bytes", std::uint64_t{})},
                                  .remarks = json.value("remarks", std::vector<std::string>())};
  if (json.contains("counts")) trained.counts = json.at("counts").get<std::int64_t>();
  if (json.contains("weight")) trained.weight = json.at("weight").get<std::int64_t>();
  return trained;
}

fs::path mark_of(const fs::path& raw_dir) {
  return raw_dir.string() + ".times.json";
}

void mark_done(const fs::path& raw_dir, const DoneTraining& done) {
  auto mark = to_json(done.trained);
  mark["key"] = done.key;
  mark["run"] = to_json(done.took);
  toolchains::write_file_atomically(mark_of(raw_dir), mark.dump(1) + "\n");
}

std::optional<DoneTraining> done_before(const fs::path& raw_dir, bool merges) {
  std::error_code missing;
  const bool has_profiles =
      fs::is_directory(raw_dir, missing) || (merges && fs::exists(merged_beside(raw_dir), missing));
  if (!has_profiles || !fs::exists(mark_of(raw_dir), missing)) return std::nullopt;
  const auto mark = nlohmann::json::parse(toolchains::read_file(mark_of(raw_dir)), nullptr, false);
  if (!mark.is_object() || !mark.contains("run")) return std::nullopt;
  return DoneTraining{mark.value("key", ""), run_from(mark.at("run")), trained_from(mark)};
}

std::optional<DoneTraining> profile_left(const fs::path& raw_dir) {
  std::error_code missing;
  if (!fs::exists(merged_beside(raw_dir), missing)) return std::nullopt;
  return done_before(raw_dir, true);
}

}  // namespace pgo_orch::orchestrator
