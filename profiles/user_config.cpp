#include "profiles/user_config.h"

// What is said of the user's configuration beside the flags: targets, profile settings that stay in force,
// and what is switched off.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

#include "profiles/toml_document.h"
#include "toolchains/error.h"
#include "toolchains/text.h"

namespace pgo_orch::profiles {

namespace {

toml::table parse(const ConfigFile& file) {
  try {
    return parse_toml(file.text, file.path);
  } catch (const Error& error) {
    throw Error(fmt::format("{} (cargo reads this file too)", error.what()));
  }
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// RUSTFLAGS is cut at spaces only, and each piece is trimmed: a tab or newline inside stays. (cargo 1.95)
std::vector<std::string> split_rustflags(const std::string& text) {
  constexpr const char* white = " \t\n\v\f\r";
  std::vector<std::string> pieces;
  for (const auto& piece : split(text, ' ')) {
    const auto first = piece.find_first_not_of(white);
    if (first == std::string::npos) continue;
    pieces.push_back(piece.substr(first, piece.find_last_not_of(white) - first + 1));
  }
  return pieces;
}

std::vector<Flag> words(const std::vector<std::string>& texts, const std::string& origin) {
  std::vector<Flag> flags;
  for (const auto& text : texts) {
    if (!text.empty()) flags.push_back({text, origin});
  }
  return flags;
}

}  // namespace

std::string target_variable(const std::string& target, const std::string& what) {
  std::string name = "CARGO_TARGET_" + target + "_" + what;
  std::ranges::transform(name, name.begin(), [](unsigned char letter) {
    return letter == '-' || letter == '.' ? '_' : static_cast<char>(std::toupper(letter));
  });
  return name;
}

std::vector<Include> includes_of(const ConfigFile& file) {
  const toml::table table = parse(file);
  std::vector<Include> found;
  const auto add = [&](const toml::node& node) {
    if (const auto path = node.value<std::string>())
      found.push_back({file.path.parent_path() / *path, false});
    if (const auto* entry = node.as_table()) {
      found.push_back({file.path.parent_path() / (*entry)["path"].value_or(std::string()),
                       (*entry)["optional"].value_or(false)});
    }
  };
  if (const auto* list = table["include"].as_array()) {
    for (const auto& node : *list) add(node);
  } else if (const auto* node = table.get("include")) {
    add(*node);
  }
  return found;
}

bool defines_profile(const ConfigFile& manifest, const std::string& name) {
  return parse(manifest)["profile"][name].is_table();
}

UserConfig::UserConfig(const std::vector<ConfigFile>& files, Environment environment)
    : environment_(std::move(environment)) {
  for (const auto& file : files) add(file);
  std::ranges::sort(cfg_tables_);
}

void UserConfig::add(const ConfigFile& file) {
  const auto walk = [&](const auto& self, const toml::table& table, const std::string& prefix) -> void {
    for (const auto& [key, node] : table) {
      const std::string name =
          prefix.empty() ? std::string(key.str()) : prefix + "." + std::string(key.str());
      if (const auto* inner = node.as_table()) {
        if (prefix == "target" && key.str().starts_with("cfg(") &&
            std::ranges::find(cfg_tables_, key.str()) == cfg_tables_.end()) {
          cfg_tables_.emplace_back(key.str());
        }
        self(self, *inner, name);
      } else {
        items_[name].push_back({texts_in(node), node.is_array(),
                                fmt::format("{} ({})", file.path.string(), name),
                                file.path.parent_path().parent_path()});
      }
    }
  };
  walk(walk, parse(file), "");
}

std::optional<Sourced> UserConfig::last(const std::string& key) const {
  const auto found = items_.find(key);
  if (found == items_.end() || found->second.back().values.empty()) return std::nullopt;
  return Sourced{found->second.back().values.front(), found->second.back().origin};
}

std::optional<Sourced> UserConfig::rustc() const {
  for (const char* name : {"RUSTC", "CARGO_BUILD_RUSTC"})
    if (environment_.contains(name)) return std::nullopt;
  return last("build.rustc");
}

std::vector<std::string> UserConfig::target_tables(const std::string& target, const CfgSet& cfgs) const {
  std::vector<std::string> tables{target};
  for (const auto& table : cfg_tables_)
    if (cfg_holds(table, cfgs).value_or(false)) tables.push_back(table);
  return tables;
}

std::optional<std::string> UserConfig::linker(const std::string& target, const CfgSet& cfgs) const {
  const auto variable = environment_.find(target_variable(target, "LINKER"));
  if (variable != environment_.end()) return variable->second;
  for (const auto& table : target_tables(target, cfgs)) {
    const auto found = items_.find("target." + table + ".linker");
    if (found == items_.end() || found->second.back().values.empty()) continue;
    const Item& item = found->second.back();
    const auto& program = item.values.front();
    const bool is_path = program.find('/') != std::string::npos;
    return is_path ? (item.base / program).lexically_normal().string() : program;
  }
  return std::nullopt;
}

void UserConfig::append_flags(std::vector<Flag>& flags, const std::string& key,
                              const std::string& variable) const {
  std::vector<Flag> own;
  if (const auto found = items_.find(key); found != items_.end()) {
    for (const Item& item : found->second) {
      if (!item.is_list) own.clear();  // a string replaces what farther files say; arrays are joined
      for (const auto& value : item.values) {
        const auto parts = item.is_list ? std::vector{value} : toolchains::split_words(value);
        for (auto& flag : words(parts, item.origin)) own.push_back(std::move(flag));
      }
    }
  }
  flags.insert(flags.end(), own.begin(), own.end());
  if (const auto set = environment_.find(variable); !variable.empty() && set != environment_.end()) {
    for (auto& flag : words(toolchains::split_words(set->second), variable)) flags.push_back(std::move(flag));
  }
}

std::optional<std::vector<Flag>> UserConfig::flags_from_environment() const {
  if (const auto set = environment_.find("CARGO_ENCODED_RUSTFLAGS"); set != environment_.end()) {
    return words(split(set->second, '\x1f'), "CARGO_ENCODED_RUSTFLAGS");
  }
  // Set but empty counts as set: it erases what the config files say.
  if (const auto set = environment_.find("RUSTFLAGS"); set != environment_.end()) {
    return words(split_rustflags(set->second), "RUSTFLAGS");
  }
  return std::nullopt;
}

std::vector<Flag> UserConfig::rustflags(const std::string& target, const CfgSet& cfgs) const {
  if (auto flags = flags_from_environment()) return *flags;
  std::vector<Flag> flags;
  for (const auto& table : target_tables(target, cfgs))
    append_flags(flags, "target." + table + ".rustflags",
                 table == target ? target_variable(target, "RUSTFLAGS") : "");
  if (flags.empty()) append_flags(flags, "build.rustflags", "CARGO_BUILD_RUSTFLAGS");
  return flags;
}

std::vector<Sourced> UserConfig::build_targets() const {
  std::vector<Sourced> targets;
  bool is_list = false;
  if (const auto found = items_.find("build.target"); found != items_.end()) {
    for (const Item& item : found->second) {
      is_list = item.is_list;
      if (!is_list) targets.clear();
      for (const auto& value : item.values) targets.push_back({value, item.origin});
    }
  }
  if (const auto set = environment_.find("CARGO_BUILD_TARGET");
      set != environment_.end() && !set->second.empty()) {
    if (!is_list) targets.clear();  // to a list of the files it adds
    targets.push_back({set->second, "CARGO_BUILD_TARGET"});
  }
  return targets;
}

std::vector<Sourced> UserConfig::profile_wishes() const {
  const auto text_of = [](const Item& item) {
    const std::string text = fmt::format("{}", fmt::join(item.values, ", "));
    return item.is_list ? "[" + text + "]" : text;
  };
  std::vector<Sourced> wishes;
  for (const auto& [key, list] : items_) {
    const bool of_some =
        key.find(".package.") != std::string::npos || key.find(".build-override.") != std::string::npos;
    if (key.starts_with("profile.") && !of_some)
      wishes.push_back({fmt::format("{} = {}", key, text_of(list.back())), list.back().origin});
  }
  for (const auto& [name, value] : environment_) {
    const bool of_some =
        name.find("_PACKAGE_") != std::string::npos || name.find("_BUILD_OVERRIDE_") != std::string::npos;
    if (name.starts_with("CARGO_PROFILE_") && !of_some) wishes.push_back({name + "=" + value, "environment"});
  }
  return wishes;
}

std::optional<Sourced> UserConfig::profile_value(const std::string& profile, const std::string& key) const {
  std::string name = fmt::format("CARGO_PROFILE_{}_{}", profile, key);
  std::ranges::transform(name, name.begin(), [](unsigned char letter) {
    return letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
  });
  if (const auto set = environment_.find(name); set != environment_.end()) return Sourced{set->second, name};
  return last(fmt::format("profile.{}.{}", profile, key));
}

std::map<std::string, Sourced> UserConfig::package_values(const std::string& profile) const {
  const std::string prefix = "profile." + profile + ".package.";
  std::map<std::string, Sourced> found;
  for (const auto& [key, list] : items_)
    if (key.starts_with(prefix) && !list.back().values.empty())
      found.emplace(key.substr(prefix.size()), Sourced{list.back().values.front(), list.back().origin});
  return found;
}

std::map<std::string, ConfiguredVariable> UserConfig::configured_variables() const {
  constexpr std::string_view prefix = "env.", value = ".value", force = ".force";
  std::map<std::string, ConfiguredVariable> variables;
  for (const auto& [key, list] : items_) {
    if (!key.starts_with(prefix) || list.back().values.empty()) continue;
    std::string name = key.substr(prefix.size());
    const std::string& said = list.back().values.front();
    if (name.ends_with(force)) {
      variables[name.substr(0, name.size() - force.size())].force = said == "true";
    } else if (!name.ends_with(".relative")) {
      if (name.ends_with(value)) name.resize(name.size() - value.size());
      variables[name].value = said;
    }
  }
  return variables;
}

Environment UserConfig::seen_by_build_scripts(const Environment& own) const {
  auto variables = environment_;
  for (const auto& [name, configured] : configured_variables())
    if (configured.force || !variables.contains(name)) variables[name] = configured.value;
  for (const auto& [name, value] : own) variables[name] = value;
  return variables;
}

std::vector<std::string> UserConfig::overridden() const {
  std::vector<std::string> sentences;
  const auto variable = [&](const char* name, const char* why) {
    if (const auto set = environment_.find(name); set != environment_.end() && !set->second.empty()) {
      sentences.push_back(fmt::format("{}={} is not passed on: {}", name, set->second, why));
    }
  };
  const auto key = [&](const char* name, const char* why) {
    if (const auto set = last(name))
      sentences.push_back(fmt::format("{} is overridden: {}", set->origin, why));
  };
  const char* folder = "each variant has a target folder of its own";
  const char* wrapper = "a wrapper or cache would falsify build times";
  const char* stages = "variants set it themselves; otherwise the profile's value holds";
  for (const char* name : {"CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"}) variable(name, folder);
  if (environment_.contains("CARGO_BUILD_BUILD_DIR"))
    sentences.push_back(fmt::format("CARGO_BUILD_BUILD_DIR is overridden: {}", folder));
  for (const char* name : {"build.target-dir", "build.build-dir"}) key(name, folder);
  for (const char* name : {"RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER",
                           "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER"}) {
    variable(name, wrapper);
  }
  for (const char* name : {"build.rustc-wrapper", "build.rustc-workspace-wrapper"}) key(name, wrapper);
  for (const char* name : {"CARGO_INCREMENTAL", "CARGO_BUILD_INCREMENTAL"}) variable(name, stages);
  key("build.incremental", stages);
  variable("LLVM_PROFILE_FILE", "it would redirect the profiles");
  variable("MAKEFLAGS", "it would give cargo the job slots of another build");
  return sentences;
}

}  // namespace pgo_orch::profiles
