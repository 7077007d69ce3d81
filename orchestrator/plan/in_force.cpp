// What holds beside a variant's settings, or against them: the user's flags, how it is stripped, by its
// profile and by what its flags would have had the linker do, and what the manifest sets for single packages.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "orchestrator/config/find.h"
#include "orchestrator/plan/planner.h"
#include "profiles/cargo_profile.h"
#include "profiles/flags.h"
#include "profiles/stripping.h"
#include "toolchains/files.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// rustc takes each line of FILE instead of a word @FILE.
std::vector<profiles::Flag> expand_files(const std::vector<profiles::Flag>& flags, const fs::path& cwd) {
  std::vector<profiles::Flag> expanded;
  for (const auto& flag : flags) {
    std::error_code ignored;
    const fs::path file = flag.text.starts_with('@') ? cwd / flag.text.substr(1) : fs::path();
    if (file.empty() || !fs::is_regular_file(file, ignored)) {
      expanded.push_back(flag);
      continue;
    }
    std::istringstream lines(toolchains::read_file(file));
    for (std::string line; std::getline(lines, line);)
      if (!line.empty()) expanded.push_back({line, fmt::format("{}, {}", flag.origin, file.string())});
  }
  return expanded;
}

}  // namespace

/// The host's own strip may not know the target's files.
fs::path Planner::strip_tool(const std::string& target) const {
  if (strip_) return strip_->path;
  const auto own = target == rust_.host ? toolchains::find_executable("strip", {}, {}) : std::nullopt;
  return own.value_or(fs::path());
}

toolchains::Probe<std::vector<std::string>> Planner::build_words(const fs::path& cargo) const {
  auto words = config_.project.cargo;
  if (words.empty()) words.emplace_back("cargo");
  if (words.front() == "cargo") {
    words.front() = cargo.string();
    // cargo looks for its subcommands in CARGO_HOME, too.
    const std::string name = words.size() > 1 && !words[1].starts_with("-") ? words[1] : "";
    const auto home =
        toolchains::variable("CARGO_HOME").value_or(toolchains::variable("HOME").value_or("") + "/.cargo");
    if (!name.empty() && !user_->sets("alias." + name) && !toolchains::find_executable("cargo-" + name) &&
        !toolchains::is_executable(fs::path(home) / "bin" / ("cargo-" + name)))
      return toolchains::Missing{fmt::format("cargo has no subcommand '{}' here", name),
                                 fmt::format("cargo install --locked cargo-{}", name)};
  } else if (const auto found = toolchains::find_executable(words.front(), {}, config_.root)) {
    words.front() = found->string();
  } else {
    return toolchains::Missing{
        fmt::format("no program '{}' on the PATH ('cargo' in [project])", words.front()), ""};
  }
  if (words.back() != "zigbuild") words.emplace_back("build");  // which is cargo-zigbuild's own word for it
  return words;
}

void Planner::plan_stripping(pgo::Recipe& recipe, VariantPlan& plan) const {
  auto split = profiles::split_off_stripping(recipe.flags);
  if (split.strip != "none") recipe.flags = std::move(split.kept);
  recipe.strip_flags = std::move(split.stripping);
  recipe.strip_by_flags = split.strip;
  const auto& settings = recipe.settings;
  std::string by_profile = settings.strip.value_or("none");
  if (config_.project.kind != ProjectKind::command) {
    by_profile = profiles::CargoProfile(project_.manifest, *user_, recipe.profile)
                     .strip(settings.strip, settings.debug);
    for (const auto& flag : recipe.flags)
      if (const auto option = profiles::key_of(flag.text); option.key == "strip") by_profile = option.value;
  }
  recipe.strip = profiles::stronger_strip(by_profile, recipe.strip_by_flags);
  if (recipe.strip_by_flags == "none") return;
  std::vector<std::string> flags;
  for (const auto& flag : recipe.strip_flags) flags.push_back(fmt::format("{} ({})", flag.text, flag.origin));
  plan.remarks.push_back(fmt::format(
      "{} would have the linker strip {}: it is linked with symbols and stripped afterwards, like "
      "all variants",
      fmt::join(flags, ", "), recipe.strip_by_flags));
}

void Planner::take_users_flags(const profiles::CfgSet& cfgs, pgo::Recipe& recipe, VariantPlan& plan) const {
  recipe.flags = expand_files(user_->rustflags(recipe.target, cfgs), project_.cargo_cwd);
  if (config_.project.kind == ProjectKind::command) return;  // they are its cargo's business
  auto settings = recipe.settings;
  if (recipe.linker_driver) settings.linker_driver = recipe.linker_driver;
  for (const auto& flag : profiles::take_out_overridden(recipe.flags, settings))
    plan.remarks.push_back(
        fmt::format("{} ({}) is left out where a variant says otherwise", flag.text, flag.origin));
  recipe.linker = recipe.linker_driver.value_or(user_->linker(recipe.target, cfgs).value_or("cc"));
  for (const auto& flag : recipe.flags)
    if (const auto option = profiles::key_of(flag.text); option.key == "linker") recipe.linker = option.value;
}

toolchains::Probe<profiles::CargoSettings> Planner::cargo_settings(std::size_t index) const {
  const Variant variant = config_.variants->at(index);
  pgo::Recipe recipe;
  const VariantPlan plan = prepare(variant, recipe);
  if (plan.missing) return *plan.missing;
  profiles::CargoSettings found{.settings = variant.settings,
                                .profile = recipe.profile,
                                .target = recipe.target,
                                .cfgs = found_of(variant).cfgs,
                                .linker = recipe.linker_driver,
                                .flags = {}};
  for (const auto* flags : {&recipe.flags, &recipe.strip_flags})
    std::ranges::copy_if(*flags, std::back_inserter(found.flags),
                         [](const auto& flag) { return flag.origin.starts_with("variant ("); });
  return found;
}

void Planner::remark_on_packages(pgo::Recipe& recipe, VariantPlan& plan) const {
  const auto& settings = recipe.settings;
  std::vector<std::string> set;
  profiles::for_each_setting([&](const char* key, profiles::Inherits, auto member) {
    if (profiles::is_set(settings.*member)) set.emplace_back(key);
  });
  const profiles::CargoProfile profile(project_.manifest, *user_, recipe.profile);
  for (const auto& [package, key, value] : profile.of_packages()) {
    const auto sets_for = [&](const std::string& which) {
      const auto own = settings.packages.find(which);
      return own != settings.packages.end() && own->second.contains(key);
    };
    if ((!contains(set, key) && !sets_for("*")) || sets_for(package)) continue;
    const auto is_own = [&, &package = package](const std::string& own) {
      return own.substr(0, own.find('@')) == package.substr(0, package.find('@'));
    };
    if (std::ranges::any_of(recipe.packages, is_own)) recipe.package_keys.push_back(key);
    plan.remarks.push_back(fmt::format(
        "{} = {} holds for {}, whatever a variant sets for all: {}; `packages` in a variant wins over it",
        key, value.value, package == "*" ? "all packages outside the workspace" : "the package " + package,
        value.origin));
  }
}

}  // namespace pgo_orch::orchestrator
