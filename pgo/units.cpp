#include "pgo/units.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace pgo_orch::pgo {
namespace {

std::string key_of(const RustcCall& call) {
  return fmt::format("{}\t{}\t{}\t{}\t{}", call.crate_name, call.crate_type, call.source,
                     call.target.empty() ? "host" : call.target, fmt::join(call.features, " "));
}

/// Field 0 is the crate, field 2 the source.
std::string field(const std::string& key, int number) {
  std::size_t start = 0;
  while (number-- > 0) start = key.find('\t', start) + 1;
  return key.substr(start, key.find('\t', start) - start);
}

/// Whether this message of cargo is about the unit of that key.
bool names(const CargoArtifact& artifact, const std::string& key) {
  std::string crate = artifact.name;
  std::ranges::replace(crate, '-', '_');
  return crate == field(key, 0) && artifact.source.ends_with(field(key, 2));
}

/// The value of an option's last occurrence; no value: it does not occur.
std::optional<std::string> last_value(const RustcCall& call, const std::string& key) {
  std::optional<std::string> value;
  for (const auto& flag : call.flags) {
    if (const auto option = profiles::key_of(flag); option.key == key) value = option.value;
  }
  return value;
}

/// What the profile says: cargo puts its options before the user's rustflags.
std::string first_value(const RustcCall& call, const std::string& key, const std::string& otherwise) {
  for (const auto& flag : call.flags) {
    if (const auto option = profiles::key_of(flag); option.key == key) return option.value;
  }
  return otherwise;
}

bool means_on(const std::string& value) {
  return value.empty() || value == "on" || value == "y" || value == "yes" || value == "true";
}

/// rustc has several words for on and off, and "fat" may be left out behind lto.
bool same_value(const profiles::FlagKey& planned, const std::string& found) {
  if (planned.value == found) return true;
  if (planned.key == "lto") return planned.value == "fat" && means_on(found);
  const bool is_switch = planned.value == "on" || planned.value == "off";
  return is_switch && means_on(found) == (planned.value == "on");
}

void check_flag(const RustcCall& call, const profiles::Flag& flag, std::vector<std::string>& problems) {
  if (std::ranges::find(call.flags, profiles::spelling(flag.text)) == call.flags.end()) {
    problems.push_back(
        fmt::format("rustc of crate {} was not given {} ({})", call.crate_name, flag.text, flag.origin));
    return;
  }
  const auto option = profiles::key_of(flag.text);
  const auto last = option.key.empty() ? std::nullopt : last_value(call, option.key);
  if (last && *last != option.value) {
    problems.push_back(fmt::format("in crate {} a later -C{}={} overrides {} ({})", call.crate_name,
                                   option.key, *last, flag.text, flag.origin));
  }
}

void check_options(const RustcCall& call, const std::vector<profiles::FlagKey>& options,
                   std::vector<std::string>& problems) {
  for (const auto& option : options) {
    const auto value = last_value(call, option.key);  // cargo leaves out what is rustc's default
    if (value && !same_value(option, *value)) {
      problems.push_back(fmt::format("crate {} was built with -C{}={}, not with the variant's {}",
                                     call.crate_name, option.key, *value, option.value));
    }
  }
}

/// Of several flags for one option the last is the one that was meant to win.
std::vector<profiles::Flag> in_force(const std::vector<profiles::Flag>& flags) {
  std::vector<profiles::Flag> winners;
  for (const auto& flag : flags) {
    const auto key = profiles::key_of(flag.text).key;
    if (!key.empty()) {
      std::erase_if(winners, [&](const auto& earlier) { return profiles::key_of(earlier.text).key == key; });
    }
    winners.push_back(flag);
  }
  return winners;
}

}  // namespace

std::set<std::string> Units::crates() const {
  std::set<std::string> names;
  for (const auto& [key, values] : metadata) names.insert(field(key, 0));
  names.erase("build_script_build");
  return names;
}

Units update(Units before, const std::vector<RustcCall>& calls, const std::vector<CargoArtifact>& artifacts) {
  std::erase_if(before.metadata, [&](const auto& entry) {
    return std::ranges::none_of(artifacts,
                                [&](const auto& artifact) { return names(artifact, entry.first); });
  });
  std::set<std::string> renewed;
  for (const RustcCall& call : calls) {
    auto& metadata = before.metadata[key_of(call)];
    if (renewed.insert(key_of(call)).second) metadata.clear();
    metadata.insert(call.metadata);
    if (call.crate_type == "bin") before.strip = first_value(call, "strip", "none");
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
  return nlohmann::json{{"metadata", units.metadata}, {"strip", units.strip}}.dump(1) + "\n";
}

Units units_from_json(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("metadata")) return {};
  return {json["metadata"].get<decltype(Units::metadata)>(), json.value("strip", "")};
}

std::vector<std::string> compare_with_plan(const std::vector<RustcCall>& calls, const std::string& target,
                                           const std::vector<profiles::Flag>& flags,
                                           const std::vector<profiles::FlagKey>& options) {
  std::vector<std::string> problems;
  const auto planned = in_force(flags);
  for (const RustcCall& call : calls) {
    if (call.target != target || call.crate_name == "build_script_build") continue;
    for (const auto& flag : planned) check_flag(call, flag, problems);
    if (call.crate_type == "bin") check_options(call, options, problems);
  }
  std::ranges::sort(problems);
  problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
  return problems;
}

}  // namespace pgo_orch::pgo
