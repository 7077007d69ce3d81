#include "orchestrator/release/dist_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "report/json_values.h"
#include "toolchains/elf_facts.h"

namespace pgo_orch::orchestrator {

using report::Json;

namespace {

/// Of a machine for this target; dist has one for each.
std::string system_id(const Manifest& manifest) {
  return "pgo-orch:" + manifest.target;
}

std::string asset_id(const Manifest& manifest, const std::string& path) {
  return fmt::format("{}-{}", path, manifest.target);
}

/// {"major": 2, "series": 28}; null for a file that needs no glibc.
Json glibc_of(const Manifest& manifest) {
  std::string highest;
  for (const auto& file : manifest.files)
    if (toolchains::is_higher_version(file.glibc, highest)) highest = file.glibc;
  const auto dot = highest.find('.');
  if (dot == std::string::npos) return nullptr;
  const auto number = [&](std::size_t begin) {
    unsigned value = 0;
    std::from_chars(highest.data() + begin, highest.data() + highest.size(), value);
    return value;
  };
  return {{"major", number(0)}, {"series", number(dot + 1)}};
}

Json environment_of(const Manifest& manifest) {
  if (manifest.target.find("windows") != std::string::npos) return "windows";
  if (manifest.target.find("linux") == std::string::npos) return "indeterminate";
  return {{"linux", {{"glibc_version", glibc_of(manifest)}}}};
}

/// By the names that dist itself goes by.
std::string kind_of_asset(const ManifestFile& file) {
  if (file.kind == FileKind::executable) return "executable";
  if (file.kind == FileKind::library) return "c_dynamic_library";
  std::string name = file.path.substr(file.path.rfind('/') + 1);
  std::ranges::transform(name, name.begin(), [](unsigned char letter) { return std::toupper(letter); });
  for (const auto& [prefix, kind] : {std::pair{"README", "readme"},
                                     {"LICENSE", "license"},
                                     {"LICENCE", "license"},
                                     {"COPYING", "license"},
                                     {"CHANGELOG", "changelog"},
                                     {"RELEASES", "changelog"}})
    if (name.starts_with(prefix)) return kind;
  return "unknown";
}

bool has_file(const Manifest& manifest, const std::string& path) {
  return std::ranges::find(manifest.files, path, &ManifestFile::path) != manifest.files.end();
}

Json assets_of(const ManifestFile& archive, const Manifest& manifest) {
  Json assets = Json::array();
  for (const auto& file : manifest.files) {
    const auto member = std::ranges::find_if(archive.members, [&](const auto& each) {
      return each.first == file.path || each.first.ends_with("/" + file.path);
    });
    if (member == archive.members.end() || member->second != file.sha256) continue;
    Json asset{{"name", file.path}, {"path", member->first}, {"kind", kind_of_asset(file)}};
    if (file.kind == FileKind::executable) asset["id"] = asset_id(manifest, file.path);
    if (const auto debug = file.path + ".debug"; has_file(manifest, debug)) asset["symbols_artifact"] = debug;
    assets.push_back(std::move(asset));
  }
  return assets;
}

Json artifact_of(const std::string& name, const char* kind) {
  return {{"name", name}, {"kind", kind}, {"path", name}};
}

Json artifacts_of(const Manifest& manifest) {
  Json artifacts = Json::object();
  for (const auto& file : manifest.files) {
    if (file.kind == FileKind::debug)
      artifacts[file.path] = artifact_of(file.path, "symbols");
    else if (file.path.ends_with(".cdx.json"))
      artifacts[file.path] = artifact_of(file.path, "sbom");
    if (file.kind != FileKind::archive) continue;
    const auto checksum = file.path + ".sha256";
    auto& artifact = artifacts[file.path] = artifact_of(file.path, "executable-zip");
    artifact["target_triples"] = {manifest.target};
    artifact["assets"] = assets_of(file, manifest);
    artifact["checksum"] = checksum;
    artifact["checksums"] = {{"sha256", file.sha256}};
    artifacts[checksum] = artifact_of(checksum, "checksum");
  }
  artifacts[checksums_name] = artifact_of(checksums_name, "unified-checksum");
  return artifacts;
}

Json executables_of(const Manifest& manifest) {
  Json assets = Json::object();
  for (const auto& file : manifest.files) {
    if (file.kind != FileKind::executable) continue;
    Json libraries = Json::array();
    for (const auto& library : file.libraries) libraries.push_back({{"path", library}});
    const auto id = asset_id(manifest, file.path);
    assets[id] = {{"id", id},
                  {"name", file.path},
                  {"system", system_id(manifest)},
                  {"target_triples", {manifest.target}},
                  {"linkage", {{"system", libraries}}}};
  }
  return assets;
}

}  // namespace

std::string dist_manifest_of(const Manifest& manifest) {
  const Json artifacts = artifacts_of(manifest);
  Json names = Json::array();
  for (const auto& [name, artifact] : artifacts.items()) names.push_back(name);
  const auto cargo = manifest.tools.find("cargo");
  const Json system{{"id", system_id(manifest)},
                    {"cargo_version_line", cargo == manifest.tools.end() ? Json() : Json(cargo->second)},
                    {"build_environment", environment_of(manifest)}};
  const Json json{{"announcement_tag_is_implicit", true},
                  {"releases",
                   {{{"app_name", manifest.project.name},
                     {"app_version", manifest.project.version},
                     {"artifacts", names}}}},
                  {"artifacts", artifacts},
                  {"systems", {{system_id(manifest), system}}},
                  {"assets", executables_of(manifest)},
                  {"linkage", Json::array()},
                  {"upload_files", Json::array()}};
  return json.dump(2) + "\n";
}

}  // namespace pgo_orch::orchestrator
