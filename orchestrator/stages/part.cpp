#include "orchestrator/stages/part.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/portable_archive.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr const char* kind_of_part = "stages";
constexpr const char* description_name = "stages.json";
constexpr const char* settings_name = "pgo.toml";
constexpr Bytes largest_description{std::uint64_t{64} << 20};

/// Of the variants' settings, the sources, and the tools.
toolchains::Address address_of(const Part& part) {
  toolchains::Sha256 settings, sources, toolchain;
  settings.field(part.pgo_toml);
  for (const auto& source : part.sources) sources.field(source.file).field(source.sha256);
  for (const auto& variant : part.variants) {
    const auto& origin = variant.origin;
    settings.field(origin.variant);
    for (const auto& [key, value] : origin.settings) settings.field(key).field(value);
    toolchain.field(origin.rustc).field(origin.llvm).field(origin.target);
  }
  return {{"settings", settings.hex()}, {"sources", sources.hex()}, {"toolchain", toolchain.hex()}};
}

Json to_json(const PartVariant& variant) {
  Json runs = Json::array();
  for (const auto& run : variant.runs) runs.push_back(to_json(run));
  return {{"origin", Json::parse(pgo::to_json(variant.origin))}, {"runs", runs}, {"merged", variant.merged}};
}

PartVariant variant_from(const Json& json) {
  PartVariant variant{
      .origin = pgo::provenance_from_json(json.at("origin").dump()), .runs = {}, .merged = json.at("merged")};
  for (const auto& run : json.at("runs")) variant.runs.push_back(run_from(run));
  return variant;
}

/// It becomes the name of a folder.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos;
}

Part part_from(const Json& json) {
  const auto progressed = from_word<Progressed>(json.at("progressed").get<std::string>());
  if (!progressed) throw Error("unknown stage");
  Part part;
  part.progressed = *progressed;
  part.programs = json.at("programs").get<std::vector<std::string>>();
  for (const auto& source : json.at("sources"))
    part.sources.push_back({source.at("file"), source.at("sha256")});
  for (const auto& variant : json.at("variants")) part.variants.push_back(variant_from(variant));
  for (const auto& variant : part.variants) {
    const auto& workloads = variant.origin.workloads;
    const bool has_plain_names =
        is_plain_name(variant.name()) &&
        std::ranges::all_of(workloads, [](const auto& workload) { return is_plain_name(workload.name); });
    if (!has_plain_names || (!variant.runs.empty() && variant.runs.size() != workloads.size()))
      throw Error("contradiction");
  }
  if (part.variants.empty() || !std::ranges::all_of(part.programs, is_plain_name)) throw Error("no variant");
  return part;
}

}  // namespace

std::vector<std::string> Part::variant_names() const {
  std::vector<std::string> names;
  for (const auto& variant : variants) names.push_back(variant.name());
  return names;
}

fs::path instrumented_in(const std::string& variant) {
  return fs::path("variants") / variant / "instrumented";
}

fs::path profile_in(const std::string& variant) {
  return fs::path("variants") / variant / "merged.profdata";
}

fs::path raw_in(const std::string& variant, const std::string& workload) {
  return fs::path("variants") / variant / "raw" / workload;
}

void write_part(const fs::path& archive, const Part& part, std::vector<toolchains::ArchiveMember> members) {
  Json sources = Json::array(), variants = Json::array();
  for (const auto& source : part.sources)
    sources.push_back({{"file", source.file}, {"sha256", source.sha256}});
  for (const auto& variant : part.variants) variants.push_back(to_json(variant));
  const Json json{{"progressed", to_word(part.progressed)},
                  {"programs", part.programs},
                  {"sources", sources},
                  {"variants", variants}};
  const toolchains::TempDir folder("part");
  toolchains::write_file_atomically(folder.path() / description_name, json.dump(1) + "\n");
  toolchains::write_file_atomically(folder.path() / settings_name, part.pgo_toml);
  for (const char* name : {description_name, settings_name})
    members.push_back({name, folder.path() / name, false});
  write_portable(
      archive,
      {.kind = kind_of_part, .written_by = PGO_ORCH_VERSION, .address = address_of(part), .members = {}},
      std::move(members));
}

Part read_part(const fs::path& archive, const fs::path& folder) {
  std::error_code missing;
  if (!fs::exists(archive, missing))
    throw Error(fmt::format("{} does not exist: `pgo-orch run --stage instrument --archive {}` makes it",
                            archive.string(), archive.string()));
  const auto index = toolchains::read_portable(archive, kind_of_part, folder);
  const auto refusal = [&] {
    return Error(fmt::format("{}: its {} is not as `pgo-orch run --stage` writes it: make a new archive "
                             "with --stage instrument",
                             archive.string(), description_name),
                 Exit::failed);
  };
  try {
    auto part = part_from(Json::parse(toolchains::read_file(folder / description_name, largest_description)));
    part.pgo_toml = toolchains::read_file(folder / settings_name, largest_description);
    if (address_of(part) == index.address) return part;
  } catch (const Json::exception&) {
    throw refusal();
  } catch (const Error&) {
    throw refusal();
  }
  throw refusal();
}

std::vector<toolchains::ArchiveMember> members_of(const fs::path& folder, const fs::path& in_archive) {
  std::vector<toolchains::ArchiveMember> members;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const bool executable = (entry.status().permissions() & fs::perms::owner_exec) != fs::perms::none;
    members.push_back(
        {(in_archive / entry.path().lexically_relative(folder)).generic_string(), entry.path(), executable});
  }
  return members;
}

}  // namespace pgo_orch::orchestrator
