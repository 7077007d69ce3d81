#include "orchestrator/plan/saved_profile.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/plan/planner.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// As one would type it.
std::string typed(const fs::path& path) {
  std::error_code ignored;
  const auto here = fs::current_path(ignored);
  const bool below = !ignored && toolchains::lies_in(path, here);
  return toolchains::shell_quote(below ? path.lexically_relative(here).string() : path.string());
}

}  // namespace

fs::path profile_for(const fs::path& profile, const std::string& target) {
  return pgo::replace_placeholder(profile.string(), "{target}", target);
}

std::string retrain_command(const Config& config, const Variant& variant) {
  if (!variant.settings.pgo || variant.settings.pgo->profile.empty()) return "";
  if (!config.archive.empty())
    return fmt::format("pgo-orch run {} --stage instrument --archive {}", typed(config.file),
                       typed(config.archive));
  const auto& target = variant.settings.target;
  return fmt::format("pgo-orch profile save {} {} --variant {}{} --train",
                     typed(variant.settings.pgo->profile), typed(config.file),
                     toolchains::shell_quote(variant.name), target ? " --target " + *target : "");
}

std::optional<pgo::Provenance> provenance_of(const fs::path& profile) {
  const auto file = pgo::provenance_file(profile);
  std::error_code missing;
  if (!fs::exists(file, missing)) return std::nullopt;
  try {
    constexpr Bytes most{std::uint64_t{64} << 20};
    return pgo::provenance_from_json(toolchains::read_file(file, most));
  } catch (const Error& error) {
    throw Error(
        fmt::format("{}: {}: save the profile again, or remove that file", file.string(), error.what()));
  }
}

std::optional<PinnedNames> pinned_names(const pgo::Pinning& pinning) {
  std::error_code missing;
  const auto provenance = provenance_of(pinning.profile);
  if (!provenance || !fs::exists(pinning.lock, missing)) return std::nullopt;
  PinnedNames names;
  names.pins = pgo::pins_of(provenance->crates, pgo::locked_packages(toolchains::read_file(pinning.lock)));
  names.script = pgo::pinning_script(names.pins.pins, pinning.only_target);
  return names;
}

/// Flags may hold paths, which are other ones on another machine: that is said, not refused.
void Planner::remark_on_archive(const pgo::Recipe& recipe, VariantPlan& plan) const {
  const auto& pgo = *recipe.settings.pgo;
  plan.remarks.push_back(
      fmt::format("the profile of '{}' was trained apart: {}", plan.name, config_.archive.string()));
  const auto provenance = provenance_of(pgo.profile);
  if (!provenance) return;
  auto then = provenance->flags;
  for (const auto& cfg : pgo.stage_cfg) std::erase(then, "--cfg=" + cfg);
  std::vector<std::string> now;
  for (const auto* flags : {&recipe.flags, &recipe.strip_flags})
    for (const auto& flag : *flags) now.push_back(flag.text);
  std::ranges::sort(then);
  std::ranges::sort(now);
  if (then != now)
    plan.remarks.push_back(
        fmt::format("'{}' was trained with other rustflags ({}) than it is built with ({})", plan.name,
                    then.empty() ? "none" : fmt::format("{}", fmt::join(then, " ")),
                    now.empty() ? "none" : fmt::format("{}", fmt::join(now, " "))));
}

void Planner::plan_saved_profile(pgo::Recipe& recipe, VariantPlan& plan) const {
  if (!recipe.settings.pgo || recipe.settings.pgo->profile.empty()) return;
  const auto& profile = recipe.settings.pgo->profile;
  std::error_code missing;
  if (!fs::exists(pgo::provenance_file(profile), missing)) {
    if (fs::exists(profile, missing))
      plan.remarks.push_back(
          fmt::format("{0} has no {1} beside it, which `pgo-orch profile save` writes: it fits until the "
                      "version of a package changes",
                      profile.string(), pgo::provenance_file(profile).filename().string()));
    return;
  }
  fs::path folder = project_.workspace_root;
  if (!project_.shadow.empty()) folder = mirrored(project_, project_.workspace_root, layout_.shadow());
  if (!plan.source.patch.empty()) folder = plan.source.patch_folder;
  if (!config_.archive.empty()) remark_on_archive(recipe, plan);
  recipe.pinning = {.profile = profile,
                    .lock = plan.source.lock_file.empty() ? folder / "Cargo.lock" : plan.source.lock_file,
                    .script = recipe.folder.pinning(),
                    .only_target = recipe.pass_target,
                    .used = recipe.folder.used(),
                    .llvm_profdata = recipe.tools.llvm_profdata};
  plan.notes.push_back(
      fmt::format("each crate of the saved profile gets the -C metadata, and so the names, that it had in "
                  "training: cargo "
                  "starts {} instead of rustc",
                  recipe.pinning->script.string()));
}

}  // namespace pgo_orch::orchestrator
