#include <fmt/format.h>
#include <fmt/ranges.h>

#include "profiles/user_config.h"

// What is said of the user's configuration beside the flags: targets, profile settings that stay in force,
// and what is switched off.
namespace pgo_orch::profiles {

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
    if (key.starts_with("profile."))
      wishes.push_back({fmt::format("{} = {}", key, text_of(list.back())), list.back().origin});
  }
  for (const auto& [name, value] : environment_) {
    if (name.starts_with("CARGO_PROFILE_")) wishes.push_back({name + "=" + value, "environment"});
  }
  return wishes;
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
  const char* wrapper = "a wrapper or cache would make build times fiction";
  const char* stages = "a variant sets it, in both stages alike, or it stays at the profile's";
  for (const char* name : {"CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "CARGO_BUILD_BUILD_DIR"})
    variable(name, folder);
  for (const char* name : {"build.target-dir", "build.build-dir"}) key(name, folder);
  for (const char* name : {"RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER",
                           "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER"}) {
    variable(name, wrapper);
  }
  for (const char* name : {"build.rustc-wrapper", "build.rustc-workspace-wrapper"}) key(name, wrapper);
  for (const char* name : {"CARGO_INCREMENTAL", "CARGO_BUILD_INCREMENTAL"}) variable(name, stages);
  key("build.incremental", stages);
  variable("LLVM_PROFILE_FILE", "it would redirect the profiles");
  variable("MAKEFLAGS", "it would hand cargo another's job slots");
  return sentences;
}

}  // namespace pgo_orch::profiles
