#include "orchestrator/release/manifest.h"

#include <fmt/format.h>

#include "report/json_values.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

using report::Json;

namespace {

Json json_of(const toolchains::Hardening& hardening) {
  return {{"pie", hardening.pie},
          {"relro", to_word(hardening.relro)},
          {"nx_stack", hardening.nx_stack},
          {"stack_protector", hardening.stack_protector}};
}

toolchains::Hardening hardening_in(const Json& json) {
  return {json.at("pie"), from_word<toolchains::Relro>(json.at("relro").get<std::string>()).value(),
          json.at("nx_stack"), json.at("stack_protector")};
}

Json json_of(const ManifestFile& file) {
  Json json{{"path", file.path},
            {"kind", to_word(file.kind)},
            {"size_bytes", file.size.count},
            {"sha256", file.sha256}};
  if (file.kind == FileKind::executable || file.kind == FileKind::library) {
    json["code_sha256"] = file.code_sha256;
    json["target"] = file.target;
    json["glibc"] = file.glibc.empty() ? Json(nullptr) : Json(file.glibc);
    json["libraries"] = file.libraries;
    if (file.hardening) json["hardening"] = json_of(*file.hardening);
    if (!file.parts.sections.empty()) json["headers_sha256"] = file.parts.headers_sha256;
    if (!file.parts.sections.empty())
      json["symbols"] = {{"count", file.parts.symbols}, {"sha256", file.parts.symbols_sha256}};
    for (const auto& [name, section] : file.parts.sections)
      json["sections"][name] = {
          {"size_bytes", section.size.count}, {"sha256", section.sha256}, {"header", section.header}};
  }
  if (file.kind == FileKind::archive) json["members"] = file.members;
  return json;
}

ManifestFile file_in(const Json& json) {
  ManifestFile file;
  file.path = json.at("path");
  file.kind = from_word<FileKind>(json.at("kind").get<std::string>()).value();
  file.size = {json.at("size_bytes")};
  file.sha256 = json.at("sha256");
  file.code_sha256 = json.value("code_sha256", "");
  file.target = json.value("target", "");
  if (json.contains("glibc") && !json.at("glibc").is_null()) file.glibc = json.at("glibc");
  if (json.contains("libraries")) file.libraries = json.at("libraries").get<std::vector<std::string>>();
  if (json.contains("hardening")) file.hardening = hardening_in(json.at("hardening"));
  file.parts.headers_sha256 = json.value("headers_sha256", "");
  if (json.contains("symbols")) {
    file.parts.symbols = json.at("symbols").at("count");
    file.parts.symbols_sha256 = json.at("symbols").at("sha256");
  }
  const Json sections = json.value("sections", Json::object());
  for (const auto& [name, section] : sections.items())
    file.parts.sections[name] = {
        {section.at("size_bytes")}, section.at("sha256"), section.value("header", "")};
  if (json.contains("members")) file.members = json.at("members").get<std::map<std::string, std::string>>();
  return file;
}

Json json_of(const ManifestPgo& pgo) {
  Json workloads = Json::array();
  for (const auto& workload : pgo.workloads)
    workloads.push_back({{"name", workload.name}, {"inputs_sha256", workload.inputs_sha256}});
  return {{"profile_sha256", pgo.profile_sha256},
          {"saved_profile", pgo.saved},
          {"workloads", workloads},
          {"basis", pgo.basis},
          {"functions_in_profile", pgo.functions_in_profile},
          {"functions_matched", pgo.functions_matched},
          {"functions_missing", pgo.functions_missing},
          {"coverage", pgo.coverage},
          {"hot_counts_matched", pgo.hot_counts},
          {"crates_with_profile", pgo.crates_with_profile},
          {"hot_functions", pgo.hot_functions},
          {"hot_functions_marked", pgo.hot_marked},
          {"cold_functions", pgo.cold_functions},
          {"cold_functions_marked", pgo.cold_marked},
          {"remarks", pgo.remarks}};
}

ManifestPgo pgo_in(const Json& json) {
  ManifestPgo pgo;
  pgo.profile_sha256 = json.at("profile_sha256");
  pgo.saved = json.value("saved_profile", false);
  for (const auto& workload : json.at("workloads"))
    pgo.workloads.push_back({workload.at("name"), workload.at("inputs_sha256")});
  pgo.basis = json.at("basis");
  pgo.functions_in_profile = json.at("functions_in_profile");
  pgo.functions_matched = json.at("functions_matched");
  pgo.functions_missing = json.at("functions_missing");
  pgo.coverage = json.at("coverage");
  if (json.contains("hot_counts_matched"))
    pgo.hot_counts = json.at("hot_counts_matched").get<std::optional<double>>();
  pgo.crates_with_profile = json.at("crates_with_profile");
  pgo.hot_functions = json.at("hot_functions");
  pgo.hot_marked = json.at("hot_functions_marked");
  pgo.cold_functions = json.at("cold_functions");
  pgo.cold_marked = json.at("cold_functions_marked");
  pgo.remarks = json.at("remarks").get<std::vector<std::string>>();
  return pgo;
}

Json json_of(const ManifestEffect& effect) {
  return {{"metric", "runtime"},
          {"to", effect.baseline},
          {"workload", effect.workload},
          {"effect_pct", effect.effect_pct},
          {"lo_pct", effect.lo_pct},
          {"hi_pct", effect.hi_pct},
          {"confidence", effect.confidence},
          {"run", effect.run},
          {"cpu", effect.host}};
}

ManifestEffect effect_in(const Json& json) {
  ManifestEffect effect;
  effect.baseline = json.at("to");
  effect.workload = json.at("workload");
  effect.effect_pct = json.at("effect_pct");
  effect.lo_pct = json.at("lo_pct").get<std::optional<double>>();
  effect.hi_pct = json.at("hi_pct").get<std::optional<double>>();
  effect.confidence = json.at("confidence");
  effect.run = json.at("run");
  effect.host = json.at("cpu");
  return effect;
}

Json json_of(const report::Corpus& corpus) {
  Json json{{"name", corpus.name},
            {"split", corpus.split},
            {"files", corpus.files},
            {"bytes", corpus.size.count},
            {"sha256", corpus.sha256}};
  if (!corpus.git.empty()) json.update({{"git", corpus.git}, {"commit", corpus.commit}});
  return json;
}

report::Corpus corpus_in(const Json& json) {
  return {json.at("name"),   json.at("split"),      {json.at("files")},      {json.at("bytes")},
          json.at("sha256"), json.value("git", ""), json.value("commit", "")};
}

/// A setting's value is JSON text, or plain text.
Json json_of(const report::Setting& setting) {
  auto value = Json::parse(setting.value, nullptr, false);
  return {{"key", setting.key}, {"value", value.is_discarded() ? Json(setting.value) : std::move(value)}};
}

Manifest manifest_in(const Json& json) {
  Manifest manifest;
  manifest.tool_version = json.at("tool").at("version");
  manifest.released = json.at("released");
  const auto& project = json.at("project");
  manifest.project = {project.at("name"), project.at("version"), project.at("revision"), {}};
  manifest.project.clean = project.at("clean").get<std::optional<bool>>();
  manifest.variant = json.at("variant");
  manifest.target = json.at("target");
  manifest.portable = json.at("portable");
  manifest.cpu = json.at("cpu");
  manifest.cpu_features = json.at("cpu_features").get<std::vector<std::string>>();
  for (const auto& setting : json.at("settings"))
    manifest.settings.push_back({setting.at("key"), setting.at("value").dump()});
  for (const auto& flag : json.at("flags")) manifest.flags.push_back({flag.at("flag"), flag.at("origin")});
  manifest.tools = json.at("tools").get<std::map<std::string, std::string>>();
  for (const auto& corpus : json.value("corpora", Json::array()))
    manifest.corpora.push_back(corpus_in(corpus));
  if (!json.at("pgo").is_null()) manifest.pgo = pgo_in(json.at("pgo"));
  for (const auto& effect : json.at("effects")) manifest.effects.push_back(effect_in(effect));
  manifest.checks = json.at("checks").get<std::vector<std::string>>();
  manifest.notes = json.at("notes").get<std::vector<std::string>>();
  for (const auto& file : json.at("files")) manifest.files.push_back(file_in(file));
  return manifest;
}

Json list_of(const auto& values) {
  Json list = Json::array();
  for (const auto& value : values) list.push_back(json_of(value));
  return list;
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  Json flags = Json::array();
  for (const auto& flag : manifest.flags) flags.push_back({{"flag", flag.flag}, {"origin", flag.origin}});
  const Json json{{"schema", manifest_schema},
                  {"tool", {{"name", "pgo-orch"}, {"version", manifest.tool_version}}},
                  {"released", manifest.released},
                  {"project",
                   {{"name", manifest.project.name},
                    {"version", manifest.project.version},
                    {"revision", manifest.project.revision},
                    {"clean", manifest.project.clean}}},
                  {"variant", manifest.variant},
                  {"target", manifest.target},
                  {"portable", manifest.portable},
                  {"cpu", manifest.cpu},
                  {"cpu_features", manifest.cpu_features},
                  {"settings", list_of(manifest.settings)},
                  {"flags", flags},
                  {"tools", manifest.tools},
                  {"corpora", list_of(manifest.corpora)},
                  {"pgo", manifest.pgo ? json_of(*manifest.pgo) : Json(nullptr)},
                  {"effects", list_of(manifest.effects)},
                  {"checks", manifest.checks},
                  {"notes", manifest.notes},
                  {"files", list_of(manifest.files)}};
  return json.dump(2) + "\n";
}

Manifest load_manifest(const std::filesystem::path& file) {
  std::error_code missing;
  if (!std::filesystem::exists(file, missing))
    throw Error(fmt::format("there is no {}; name the manifest of the release with --manifest",
                            std::filesystem::absolute(file).lexically_normal().string()));
  constexpr Bytes most{std::uint64_t{64} << 20};
  const auto json = Json::parse(toolchains::read_file(file, most), nullptr, false);
  const std::string schema = json.is_object() ? json.value("schema", "") : "";
  if (schema.starts_with("pgo-orch/manifest/") && schema != manifest_schema) {
    const auto version = json.value("/tool/version"_json_pointer, Json("?"));
    throw Error(fmt::format("{}: it has the schema {}, which pgo-orch {} wrote: verify with that version",
                            file.string(), schema, version.is_string() ? version.get<std::string>() : "?"));
  }
  if (schema != manifest_schema) throw Error(fmt::format("{} is not a manifest of a release", file.string()));
  try {
    return manifest_in(json);
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("{}: damaged: {}", file.string(), error.what()));
  } catch (const std::bad_optional_access&) {
    throw Error(fmt::format("{}: damaged: a word is not known", file.string()));
  }
}

}  // namespace pgo_orch::orchestrator
