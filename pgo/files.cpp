#include "pgo/recipe.h"

namespace pgo_orch::pgo {
namespace {

/// By hand one gets what is shipped: without the flag that only the proof needs.
std::vector<profiles::Flag> shipped_flags(const BuildStep& build) {
  auto flags = build.flags;
  if (build.stage == Stage::optimized) flags.pop_back();
  return flags;
}

}  // namespace

std::vector<GeneratedFile> files_of(const Recipe& recipe,
                                    const std::optional<profiles::SourcePackage>& package) {
  std::vector<GeneratedFile> files;
  profiles::FileFacts facts{.variant = recipe.variant,
                            .profile = recipe.profile,
                            .command = "",
                            .target = recipe.target,
                            .pass_target = recipe.pass_target,
                            .linker = recipe.linker_driver};
  std::vector<profiles::Flag> final_flags;
  for (const Step& step : steps_of(recipe)) {
    const auto* build = std::get_if<BuildStep>(&step);
    if (!build) continue;
    facts.command = toolchains::to_shell({.argv = build->command.argv, .cwd = recipe.cargo_cwd});
    files.push_back({build->config, profiles::stage_config(recipe.settings, build->flags, facts)});
    final_flags = shipped_flags(*build);
  }
  if (package) {
    facts.command =
        recipe.profile == "release" ? "cargo build --release" : "cargo build --profile " + recipe.profile;
  }
  files.push_back({recipe.folder.root / "Cargo.toml",
                   package ? profiles::source_manifest(*package, recipe.settings, facts)
                           : profiles::profile_manifest(recipe.settings, facts)});
  files.push_back({recipe.folder.root / ".cargo" / "config.toml",
                   profiles::cargo_config(recipe.settings, final_flags, facts)});
  return files;
}

}  // namespace pgo_orch::pgo
