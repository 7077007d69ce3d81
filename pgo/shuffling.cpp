#include "pgo/shuffling.h"

#include <fmt/format.h>

#include <algorithm>

namespace pgo_orch::pgo {

namespace fs = std::filesystem;

namespace {

/// Of what is linked it knows the programs by the names that cargo gives them: NAME-HASH, dashes as
/// underscores. Build scripts and libraries are linked once.
std::string script(const Recipe& recipe, const fs::path& folder, const std::string& driver,
                   const std::vector<std::string>& lld_arguments) {
  const std::string quoted_driver = toolchains::shell_quote(driver);
  std::string cases;
  for (const Program& program : recipe.programs) {
    std::string crate = program.name;
    std::ranges::replace(crate, '-', '_');
    cases += fmt::format("  {}-*) name={} ;;\n", crate, toolchains::shell_quote(program.name));
  }
  std::string lld;
  for (const auto& argument : lld_arguments) lld += " " + toolchains::shell_quote(argument);
  return fmt::format(
      R"(#!/bin/sh
# Links as it is asked to, and each program again with its sections in other orders.
{0} "$@" || exit
out= next=
for word; do
  [ -z "$next" ] || out=$word
  next=
  [ "$word" != -o ] || next=yes
done
case ${{out##*/}} in
{1}  *) exit 0 ;;
esac
for order in {2}; do
  {0} "$@"{3} -Wl,--no-call-graph-profile-sort "-Wl,--shuffle-sections=.text*=$order" \
    "-Wl,--shuffle-sections=.rodata*=$order" -o {4}/"$name.$order" || exit
done
)",
      quoted_driver, cases,
      [] {
        std::string orders;
        for (int order = 1; order <= shuffled_orders; ++order) orders += fmt::format("{} ", order);
        orders.pop_back();
        return orders;
      }(),
      lld, toolchains::shell_quote(folder.string()));
}

}  // namespace

fs::path Shuffling::executable(const std::string& program, int order) const {
  return folder / fmt::format("{}.{}", program, order + 1);
}

Shuffling shuffling_of(const Recipe& recipe, const std::string& driver,
                       const std::vector<std::string>& lld_arguments) {
  Shuffling shuffling;
  shuffling.folder = recipe.folder.root / "shuffled";
  shuffling.linker = {recipe.folder.root / "shuffling-linker",
                      script(recipe, shuffling.folder, driver, lld_arguments)};
  auto& build = shuffling.build;
  const auto steps = steps_of(recipe);
  build = *std::get<const BuildStep*>(compile_steps(steps).back());

  build.target_dir = recipe.folder.alias / "target-shuffled";
  in_target_folder(build.command, build.target_dir);
  link_by(build, recipe.target, shuffling.linker.path);
  build.output_dir = shuffling.folder;
  build.units_file = recipe.folder.root / "shuffled.units.json";
  build.command.stdout_file = recipe.folder.root / "shuffled.jsonl";
  build.command.log_file = recipe.folder.root / "shuffled.log";
  return shuffling;
}

}  // namespace pgo_orch::pgo
