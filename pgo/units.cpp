#include "pgo/units.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "profiles/stripping.h"

namespace pgo_orch::pgo {
namespace {

std::string key_of(const RustcCall& call) {
  return fmt::format("{}\t{}\t{}\t{}\t{}", call.crate_name, call.crate_type, call.source,
                     call.target.empty() ? "host" : call.target, fmt::join(call.features, " "));
}

/// Field 0 is the crate, 2 the source, 3 the target, 4 the features.
std::string field(const std::string& key, int number) {
  std::size_t start = 0;
  while (number-- > 0) start = key.find('\t', start) + 1;
  return key.substr(start, key.find('\t', start) - start);
}

/// Whether this message of cargo is about the unit of that key.
bool names(const CargoArtifact& artifact, const std::string& key) {
  std::string crate = artifact.name;
  std::ranges::replace(crate, '-', '_');
  const std::string source = field(key, 2);  // relative for the workspace's own packages
  std::vector<std::string> features;         // as rustc is told of them
  for (const auto& feature : artifact.features) features.push_back('"' + feature + '"');
  return crate == field(key, 0) && fmt::format("{}", fmt::join(features, " ")) == field(key, 4) &&
         (artifact.source == source || artifact.source.ends_with("/" + source));
}

/// What the executable would be stripped of, but for the last such flag of an optimized build: that one keeps
/// the symbols for the proof.
std::string strip_setting(const RustcCall& call) {
  std::vector<std::string> values;
  for (const auto& flag : call.flags) {
    if (auto option = profiles::key_of(flag); option.key == "strip")
      values.push_back(std::move(option.value));
  }
  if (values.size() > 1) values.pop_back();
  return values.empty() ? "none" : values.back();
}

std::string linker_strips(const RustcCall& call) {
  std::vector<profiles::Flag> flags;
  for (const auto& flag : call.flags) flags.push_back({flag, ""});
  const auto stripping = profiles::split_off_stripping(flags).stripping;
  return stripping.empty() ? "" : stripping.front().text;
}

}  // namespace

std::set<std::string> Units::crates() const {
  std::set<std::string> names;
  for (const auto& [key, values] : metadata) names.insert(field(key, 0));
  std::erase_if(names, [](const auto& name) { return name.starts_with("build_script_"); });
  return names;
}

Units of_target(Units units, const std::string& target) {
  std::erase_if(units.metadata, [&](const auto& entry) {
    const auto built_for = field(entry.first, 3);
    return built_for != "host" && built_for != target;
  });
  return units;
}

Units update(Units before, const std::vector<RustcCall>& calls, const std::vector<CargoArtifact>& artifacts) {
  std::erase_if(before.metadata, [&](const auto& entry) {
    return std::ranges::none_of(artifacts,
                                [&](const auto& artifact) { return names(artifact, entry.first); });
  });
  return add_calls(std::move(before), calls);
}

Units add_calls(Units before, const std::vector<RustcCall>& calls) {
  std::set<std::string> renewed;
  for (const RustcCall& call : calls) {
    auto& metadata = before.metadata[key_of(call)];
    if (renewed.insert(key_of(call)).second) metadata.clear();
    metadata.insert(call.metadata);
    if (call.crate_type == "bin" && !call.is_build_script()) {
      before.strip = strip_setting(call);
      before.linker_strips = linker_strips(call);
    }
  }
  return before;
}

bool covers(const Units& units, const std::vector<CargoArtifact>& artifacts) {
  return std::ranges::all_of(artifacts, [&](const CargoArtifact& artifact) {
    return std::ranges::any_of(units.metadata,
                               [&](const auto& entry) { return names(artifact, entry.first); });
  });
}

std::string to_json(const Units& units) {
  nlohmann::json json{{"metadata", units.metadata}, {"strip", units.strip}};
  if (!units.linker_strips.empty()) json["linker_strips"] = units.linker_strips;
  return json.dump(1) + "\n";
}

Units units_from_json(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("metadata") || !json["metadata"].is_object()) return {};
  Units units;
  for (const auto& [key, values] : json["metadata"].items()) {
    for (const auto& value : values) {
      if (!value.is_string()) return {};
      units.metadata[key].insert(value.get<std::string>());
    }
  }
  const auto take = [&](const char* key, std::string& into) {
    if (json.contains(key) && json[key].is_string()) into = json[key].get<std::string>();
  };
  take("strip", units.strip);
  take("linker_strips", units.linker_strips);
  return units;
}

}  // namespace pgo_orch::pgo
