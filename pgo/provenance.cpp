#include "pgo/provenance.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "toolchains/error.h"

namespace pgo_orch::pgo {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr const char* provenance_schema = "pgo-orch/profile/1";

/// Fields of a unit's key; see Units::metadata.
std::vector<std::string> fields_of_unit(const std::string& key) {
  std::vector<std::string> fields;
  std::istringstream stream(key);
  for (std::string field; std::getline(stream, field, '\t');) fields.push_back(field);
  fields.resize(5);
  return fields;
}

/// The package that cargo built this unit of: its crate may have another name.
const CargoArtifact* artifact_of(const std::vector<std::string>& unit,
                                 const std::vector<CargoArtifact>& artifacts) {
  const auto found = std::ranges::find_if(artifacts, [&](const CargoArtifact& artifact) {
    std::string crate = artifact.name;
    std::ranges::replace(crate, '-', '_');
    return crate == unit[0] && (artifact.kind == "bin" || artifact.kind == "example") == (unit[1] == "bin") &&
           (artifact.source == unit[2] || artifact.source.ends_with("/" + unit[2]));
  });
  return found == artifacts.end() ? nullptr : &*found;
}

}  // namespace

fs::path provenance_file(const fs::path& profile) {
  return profile.string() + ".json";
}

std::string to_json(const Provenance& provenance) {
  Json crates = Json::array(), workloads = Json::array(), settings = Json::object();
  for (const auto& crate : provenance.crates)
    crates.push_back({{"package", crate.package},
                      {"version", crate.version},
                      {"crate", crate.name},
                      {"kind", crate.kind},
                      {"metadata", crate.metadata}});
  for (const auto& workload : provenance.workloads)
    workloads.push_back({{"name", workload.name}, {"inputs", workload.key}});
  for (const auto& [key, value] : provenance.settings) settings[key] = Json::parse(value, nullptr, false);
  Json record{{"schema", provenance_schema},
              {"pgo_orch", provenance.tool_version},
              {"saved", provenance.saved},
              {"project", provenance.project},
              {"variant", provenance.variant},
              {"settings", settings},
              {"rustflags", provenance.flags},
              {"rustc", provenance.rustc},
              {"llvm", provenance.llvm},
              {"target", provenance.target},
              {"workloads", workloads},
              {"functions", provenance.functions},
              {"counts", provenance.counts},
              {"sha256", provenance.sha256},
              {"crates", crates}};
  if (!provenance.revision.empty())
    record["revision"] = {{"git", provenance.revision}, {"modified", provenance.modified}};
  if (provenance.same_sources) record["same_sources"] = true;
  return record.dump(1) + "\n";
}

Provenance provenance_from_json(const std::string& text) try {
  const Json record = Json::parse(text);
  if (record.at("schema") != provenance_schema)
    throw Error(fmt::format("schema {} is not supported; this version of pgo-orch reads \"{}\"",
                            record.at("schema").dump(), provenance_schema));
  Provenance provenance{.tool_version = record.value("pgo_orch", ""),
                        .project = record.value("project", ""),
                        .variant = record.value("variant", ""),
                        .settings = {},
                        .flags = record.value("rustflags", std::vector<std::string>()),
                        .rustc = record.at("rustc"),
                        .llvm = record.value("llvm", ""),
                        .target = record.at("target"),
                        .crates = {},
                        .workloads = {},
                        .functions = record.value("functions", std::int64_t{}),
                        .counts = record.value("counts", 0.0),
                        .sha256 = record.at("sha256"),
                        .saved = record.value("saved", ""),
                        .revision = {},
                        .modified = false,
                        .same_sources = record.value("same_sources", false)};
  for (const auto& [key, value] : record.at("settings").items()) provenance.settings[key] = value.dump();
  for (const auto& crate : record.at("crates"))
    provenance.crates.push_back({crate.at("package"), crate.at("version"), crate.at("crate"),
                                 crate.at("kind"), crate.at("metadata")});
  for (const auto& workload : record.value("workloads", Json::array()))
    provenance.workloads.push_back({workload.at("name"), workload.value("inputs", "")});
  if (record.contains("revision")) {
    provenance.revision = record["revision"].value("git", "");
    provenance.modified = record["revision"].value("modified", false);
  }
  return provenance;
} catch (const Json::exception&) {
  throw Error("it is not a record that `pgo-orch profile save` wrote");
}

std::vector<SavedCrate> crates_of(const Units& units, const std::vector<CargoArtifact>& artifacts) {
  const bool has_target = std::ranges::any_of(
      units.metadata, [](const auto& entry) { return fields_of_unit(entry.first)[3] != "host"; });
  std::map<std::vector<std::string>, std::set<std::string>> found;
  for (const auto& [key, values] : units.metadata) {
    const auto unit = fields_of_unit(key);
    // Where cargo is given a target, host units are build scripts, macros and what these use.
    const bool is_of_host = has_target ? unit[3] == "host" : unit[1].find("proc-macro") != std::string::npos;
    if (is_of_host || unit[0].starts_with("build_script_")) continue;
    const auto* artifact = artifact_of(unit, artifacts);
    if (!artifact || artifact->package.empty()) continue;
    found[{artifact->package, artifact->version, unit[0], unit[1] == "bin" ? "bin" : "lib"}].insert(
        values.begin(), values.end());
  }
  std::vector<SavedCrate> crates;
  for (const auto& [crate, metadata] : found)
    if (metadata.size() == 1 && !metadata.begin()->empty())
      crates.push_back({crate[0], crate[1], crate[2], crate[3], *metadata.begin()});
  return crates;
}

bool has_one_unit(const Provenance& provenance) {
  const auto units = provenance.settings.find("codegen-units");
  return units != provenance.settings.end() && units->second == "1";
}

std::vector<std::string> differing_settings(const Provenance& provenance,
                                            const std::map<std::string, std::string>& settings) {
  // Not those that leave the code of a function as it is (strip, debug, linker), nor `packages`, whose keys
  // may be of these.
  constexpr const char* decisive[] = {
      "opt-level",        "lto", "codegen-units", "panic", "overflow-checks", "features", "debug-assertions",
      "default-features", "cfg", "profile"};
  std::vector<std::string> differing;
  const auto value_in = [](const auto& map, const char* key) {
    const auto found = map.find(key);
    return found == map.end() ? std::string() : found->second;
  };
  for (const char* key : decisive) {
    const auto then = value_in(provenance.settings, key), now = value_in(settings, key);
    if (then == now) continue;
    const auto shown = [&](const std::string& value) {
      return value.empty() ? fmt::format("no {}", key) : fmt::format("{} = {}", key, value);
    };
    differing.push_back(
        fmt::format("it was trained with {}, and this variant has {}", shown(then), shown(now)));
  }
  return differing;
}

}  // namespace pgo_orch::pgo
