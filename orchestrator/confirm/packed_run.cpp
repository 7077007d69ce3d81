#include "orchestrator/confirm/packed_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "orchestrator/config/find.h"
#include "orchestrator/config/texts.h"
#include "orchestrator/confirm/portable_workload.h"
#include "report/json_values.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/portable_archive.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr const char* kind_of_artifacts = "artifacts";
constexpr const char* artifacts_name = "artifacts.json";
constexpr Bytes largest_artifacts{std::uint64_t{64} << 20};

Json json_of(const Measure& measure) {
  return {{"precision", measure.precision}, {"confidence", measure.confidence},
          {"max_time_s", measure.max_time}, {"warmup", measure.warmup},
          {"metrics", measure.metrics},     {"guard", measure.guard},
          {"cpu_guard", measure.cpu_guard}, {"floor_s", measure.floor}};
}

Measure measure_from(const Json& json) {
  Measure measure;
  measure.precision = json.at("precision");
  measure.confidence = json.at("confidence");
  measure.max_time = json.at("max_time_s").get<Nanoseconds>();
  measure.warmup = json.at("warmup");
  measure.metrics = json.at("metrics").get<std::vector<measure::Metric>>();
  measure.guard = json.at("guard");
  measure.cpu_guard = json.at("cpu_guard").get<std::optional<double>>();
  measure.floor = json.at("floor_s").get<Nanoseconds>();
  const bool is_possible = measure.precision > 0 && measure.precision < 1 && measure.confidence > 0 &&
                           measure.confidence < 1 && measure.warmup >= 0 && measure.guard >= 0;
  if (!is_possible) throw Error("measure");
  return measure;
}

Json json_of(const PackedVariant& variant) {
  Json files = Json::array();
  for (const auto& file : variant.files) files.push_back({{"name", file.name}, {"sha256", file.sha256}});
  return {{"name", variant.name}, {"run_env", variant.run_env}, {"files", files}};
}

PackedVariant packed_variant_from(const Json& json) {
  PackedVariant variant{.name = json.at("name"),
                        .run_env = json.at("run_env").get<std::map<std::string, std::string>>(),
                        .files = {}};
  for (const auto& file : json.at("files")) variant.files.push_back({file.at("name"), file.at("sha256")});
  if (!is_safe_name(variant.name)) throw Error("variant");
  return variant;
}

Json json_of(const PackedRun& packed) {
  Json json{
      {"run", packed.run},           {"project", packed.project},          {"baseline", packed.baseline},
      {"programs", packed.programs}, {"measure", json_of(packed.measure)}, {"variants", Json::array()},
      {"workloads", Json::array()},  {"folders", packed.folders},          {"left_out", Json::array()}};
  for (const auto& variant : packed.variants) json["variants"].push_back(json_of(variant));
  for (const auto& workload : packed.workloads) json["workloads"].push_back(json_of_workload(workload));
  for (const auto& left : packed.left_out)
    json["left_out"].push_back({{"workload", left.workload}, {"reason", left.reason}});
  return json;
}

bool is_program_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

PackedRun packed_from(const Json& json) {
  PackedRun packed{.run = json.at("run"),
                   .project = json.at("project"),
                   .baseline = json.at("baseline"),
                   .programs = json.at("programs").get<std::vector<std::string>>(),
                   .measure = measure_from(json.at("measure")),
                   .variants = {},
                   .workloads = {},
                   .folders = json.at("folders").get<std::vector<std::string>>(),
                   .left_out = {}};
  for (const auto& variant : json.at("variants")) packed.variants.push_back(packed_variant_from(variant));
  for (const auto& workload : json.at("workloads")) packed.workloads.push_back(workload_from_json(workload));
  for (const auto& left : json.at("left_out"))
    packed.left_out.push_back({left.at("workload"), left.at("reason")});
  const bool is_sound = packed.variant(packed.baseline) && !packed.programs.empty() &&
                        std::ranges::all_of(packed.programs, is_program_name) &&
                        std::ranges::all_of(packed.folders, stays_inside) &&
                        std::ranges::all_of(packed.workloads, [&](const auto& workload) {
                          return contains(packed.programs, workload.program);
                        });
  if (!is_sound) throw Error("contradiction");
  return packed;
}

/// Of the run, its programs, and what is run with them.
toolchains::Address address_of(const PackedRun& packed) {
  toolchains::Sha256 programs, workloads;
  for (const auto& variant : packed.variants) {
    programs.field(variant.name);
    for (const auto& [name, value] : variant.run_env) programs.field(name).field(value);
    for (const auto& file : variant.files) programs.field(file.name).field(file.sha256);
  }
  for (const auto& workload : packed.workloads) workloads.field(json_of_workload(workload).dump());
  return {
      {"programs", programs.hex()}, {"run", toolchains::sha256(packed.run)}, {"workloads", workloads.hex()}};
}

}  // namespace

const PackedVariant* PackedRun::variant(const std::string& name) const {
  return find_by(variants, &PackedVariant::name, name);
}

fs::path programs_in(const std::string& variant) {
  return fs::path("variants") / variant / "bin";
}

std::vector<PackedFile> files_of_row(const report::VariantResult& row) {
  std::vector<PackedFile> files;
  const auto add = [&](const fs::path& name, const std::string& sha256) {
    PackedFile file{name.generic_string(), sha256};
    if (!contains(files, file)) files.push_back(std::move(file));  // programs share their libraries
  };
  for (const auto& artifact : row.artifacts) {
    add(artifact.program, artifact.sha256);
    for (const auto& library : artifact.libraries)
      add(fs::path(library.path).lexically_relative(fs::path(artifact.path).parent_path()), library.sha256);
  }
  std::ranges::sort(files, {}, &PackedFile::name);
  return files;
}

void write_packed_run(const fs::path& archive, const PackedRun& packed,
                      std::vector<toolchains::ArchiveMember> members) {
  const toolchains::TempDir folder("artifacts");
  toolchains::write_file_atomically(folder.path() / artifacts_name, json_of(packed).dump(1) + "\n");
  members.push_back({artifacts_name, folder.path() / artifacts_name, false});
  write_portable(archive,
                 {.kind = kind_of_artifacts,
                  .written_by = PGO_ORCH_VERSION,
                  .address = address_of(packed),
                  .members = {}},
                 std::move(members));
}

PackedRun read_packed_run(const fs::path& archive, const fs::path& folder) {
  std::error_code missing;
  if (!fs::exists(archive, missing))
    throw Error(fmt::format("{0} does not exist: `pgo-orch run --pack {0}` makes it", archive.string()));
  const auto index = toolchains::read_portable(archive, kind_of_artifacts, folder);
  const auto refusal = [&] {
    return Error(fmt::format("{}: its {} is not as `pgo-orch run --pack` writes it: make a new archive",
                             archive.string(), artifacts_name),
                 Exit::failed);
  };
  try {
    auto packed = packed_from(Json::parse(toolchains::read_file(folder / artifacts_name, largest_artifacts)));
    if (address_of(packed) == index.address) return packed;
  } catch (const Json::exception&) {
    throw refusal();
  } catch (const Error&) {
    throw refusal();
  }
  throw refusal();
}

}  // namespace pgo_orch::orchestrator
