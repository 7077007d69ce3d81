// How a variant is stripped: by its profile, and by what its flags would have had the linker do.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/plan/planner.h"
#include "profiles/cargo_profile.h"
#include "profiles/flags.h"
#include "profiles/stripping.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

/// The host's own strip may not know the target's files.
fs::path Planner::strip_tool(const std::string& target) const {
  if (strip_) return strip_->path;
  const auto own = target == rust_.host ? toolchains::find_executable("strip", {}, {}) : std::nullopt;
  return own.value_or(fs::path());
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
  plan.notes.push_back(fmt::format(
      "{} would have the linker strip {}: it is linked with symbols and stripped afterwards, like "
      "all variants",
      fmt::join(flags, ", "), recipe.strip_by_flags));
}

}  // namespace pgo_orch::orchestrator
