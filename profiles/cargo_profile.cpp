#include "profiles/cargo_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "profiles/toml_document.h"
#include "toolchains/error.h"

namespace pgo_orch::profiles {

namespace {

constexpr const char* keys[] = {"opt-level",        "debug", "split-debuginfo", "strip",
                                "debug-assertions", "lto",   "panic",           "incremental",
                                "codegen-units",    "rpath", "overflow-checks"};

/// It was read before, by cargo and by defines_profile.
toml::table parsed(const ConfigFile& file) {
  try {
    return parse_toml(file.text, file.path);
  } catch (const Error&) {
    return {};
  }
}

std::optional<std::string> text_of(const toml::node* node) {
  if (!node) return std::nullopt;
  if (const auto text = node->value<std::string>()) return text;
  if (const auto* flag = node->as_boolean()) return flag->get() ? "true" : "false";
  if (const auto* number = node->as_integer()) return std::to_string(number->get());
  return std::nullopt;
}

std::optional<std::string> in_manifest(const ConfigFile& manifest, const std::string& profile,
                                       const std::string& key) {
  const auto table = parsed(manifest);
  return text_of(table["profile"][profile][key].node());
}

bool is_none(const std::string& debug) {
  return debug == "0" || debug == "false" || debug == "none";
}

}  // namespace

CargoProfile::CargoProfile(const ConfigFile& manifest, const UserConfig& user, std::string name)
    : manifest_(manifest), user_(user), name_(std::move(name)) {
  constexpr std::size_t most = 16;  // a circle is cargo's to complain about
  for (std::string next = name_; !next.empty() && chain_.size() < most;) {
    chain_.push_back(next);
    if (next == "bench")
      next = "release";
    else if (next == "test")
      next = "dev";
    else if (const auto said = user_.profile_value(next, "inherits"))
      next = said->value;
    else
      next = in_manifest(manifest_, next, "inherits").value_or("");
  }
}

std::optional<CargoProfile::Found> CargoProfile::find(const std::string& key) const {
  for (const auto& profile : chain_) {
    if (auto said = user_.profile_value(profile, key)) return Found{profile, std::move(*said), false};
    if (auto said = in_manifest(manifest_, profile, key))
      return Found{profile,
                   {*said, fmt::format("{} (profile.{})", manifest_.path.filename().string(), profile)},
                   true};
  }
  return std::nullopt;
}

std::optional<Sourced> CargoProfile::value(const std::string& key) const {
  auto found = find(key);
  return found ? std::optional(std::move(found->value)) : std::nullopt;
}

std::map<std::string, std::string> CargoProfile::values() const {
  std::map<std::string, std::string> all;
  for (const char* key : keys)
    if (auto found = value(key)) all[key] = std::move(found->value);
  return all;
}

std::vector<Sourced> CargoProfile::of_manifest() const {
  std::vector<Sourced> all;
  for (const char* key : keys)
    if (const auto found = find(key); found && found->of_manifest)
      all.push_back({fmt::format("{} = {}", key, found->value.value), found->value.origin});
  return all;
}

std::vector<CargoProfile::PackageValue> CargoProfile::of_packages() const {
  std::map<std::string, Sourced> found;  // nearest first: what is there stays
  const auto table = parsed(manifest_);
  for (const auto& profile : chain_) {
    found.merge(user_.package_values(profile));
    const auto* packages = table["profile"][profile]["package"].as_table();
    if (!packages) continue;
    for (const auto& [package, settings] : *packages) {
      if (!settings.is_table()) continue;
      for (const auto& [key, node] : *settings.as_table())
        if (const auto text = text_of(&node))
          found.emplace(
              fmt::format("{}.{}", package.str(), key.str()),
              Sourced{*text, fmt::format("{} (profile.{}.package.{})", manifest_.path.filename().string(),
                                         profile, package.str())});
    }
  }
  std::vector<PackageValue> values;
  for (auto& [name, value] : found) {
    const auto dot = name.rfind('.');  // no key has one, a package's version has
    values.push_back({name.substr(0, dot), name.substr(dot + 1), std::move(value)});
  }
  return values;
}

bool CargoProfile::any_package_has_debug() const {
  return std::ranges::any_of(
      of_packages(), [](const PackageValue& set) { return set.key == "debug" && !is_none(set.value.value); });
}

std::string CargoProfile::strip(const std::optional<std::string>& own_strip,
                                const std::optional<std::string>& own_debug) const {
  const auto said = own_strip ? own_strip : [&]() -> std::optional<std::string> {
    const auto found = value("strip");
    return found ? std::optional(found->value) : std::nullopt;
  }();
  if (said) return *said == "true" || *said == "symbols" ? "symbols" : *said == "debuginfo" ? *said : "none";
  const bool is_dev = !chain_.empty() && chain_.back() == "dev";
  const auto found = value("debug");
  const std::string debug = own_debug ? *own_debug : found ? found->value : is_dev ? "2" : "0";
  return is_none(debug) && !any_package_has_debug() ? "debuginfo" : "none";
}

std::string problem_of_profile(const ConfigFile& manifest, const UserConfig& user, const std::string& name) {
  static const std::set<std::string> own{"release", "dev", "test", "bench"};
  if (own.contains(name) || CargoProfile(manifest, user, name).value("inherits")) return "";
  return fmt::format("cargo knows no profile '{0}': add [profile.{0}] with `inherits = \"release\"` to {1}",
                     name, manifest.path.string());
}

bool is_of_profile(const std::string& option) {
  return std::ranges::find(keys, option) != std::end(keys);
}

}  // namespace pgo_orch::profiles
