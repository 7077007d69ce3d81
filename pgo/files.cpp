#include <algorithm>

#include "pgo/recipe.h"

namespace pgo_orch::pgo {

namespace fs = std::filesystem;

namespace {

/// By hand one gets what is shipped: without the flag that only pgo-orch needs.
std::vector<profiles::Flag> shipped_flags(const BuildStep& build) {
  auto flags = build.flags;
  if (build.keeps_symbols) flags.pop_back();
  return flags;
}

/// A whole command for a person: in a target folder of its own, so that what was built here stays as it is.
std::string by_hand(toolchains::Command command, const fs::path& variant) {
  const std::string target_dir = (variant / "target").string();
  *(std::ranges::find(command.argv, "--target-dir") + 1) = target_dir;
  command.env["CARGO_BUILD_BUILD_DIR"] = target_dir;
  return toolchains::to_shell({.argv = command.argv, .cwd = command.cwd, .env = command.env});
}

}  // namespace

toolchains::Command shipped_command(const BuildStep& step) {
  toolchains::Command command = step.command;
  command.stdout_file.clear();
  std::erase(command.argv, "-v");
  command.env["CARGO_ENCODED_RUSTFLAGS"] = profiles::encode(shipped_flags(step));
  const auto format = std::ranges::find(command.argv, "--message-format");
  command.argv.erase(format, format + 2);
  return command;
}

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
    facts.command = by_hand(shipped_command(*build), recipe.folder.alias);
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
