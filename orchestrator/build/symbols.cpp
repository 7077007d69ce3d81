#include "orchestrator/build/symbols.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/build/build_stage.h"
#include "orchestrator/build/step_result.h"
#include "pgo/cargo_output.h"
#include "pgo/recipe.h"
#include "pgo/units.h"
#include "toolchains/elf.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

fs::path symbols_folder(const fs::path& linked) {
  return linked.parent_path().parent_path() / "symbols";
}

bool has_symbols(const fs::path& program) {
  return toolchains::elf_info(program).has_symbols;
}

/// As profiles::split_off_stripping, in the shell.
std::string linker_script(const std::string& linker) {
  return fmt::format(R"(#!/bin/sh
# Links as it is asked to, but for the arguments that strip.
left=$#
while [ "$left" -gt 0 ]; do
  word=$1
  shift
  left=$((left - 1))
  case $word in
  -s|--strip-all|-strip-all|--strip-debug|-strip-debug) continue ;;
  -Xlinker) case ${{1-}} in -s|-S|--strip-all|-strip-all|--strip-debug|-strip-debug) shift; left=$((left - 1)); continue ;; esac ;;
  -Wl,*)
    rest=${{word#-Wl}}, kept=-Wl
    while [ -n "${{rest#,}}" ]; do
      rest=${{rest#,}}
      part=${{rest%%,*}}
      rest=,${{rest#*,}}
      case $part in -s|-S|--strip-all|-strip-all|--strip-debug|-strip-debug) ;; *) kept=$kept,$part ;; esac
    done
    [ "$kept" != -Wl ] || continue
    word=$kept
    ;;
  esac
  set -- "$@" "$word"
done
exec {} "$@"
)",
                     toolchains::shell_quote(linker));
}

}  // namespace

fs::path with_own_symbols(const fs::path& linked) {
  const fs::path twin = symbols_folder(linked) / linked.filename();
  std::error_code missing;
  if (has_symbols(linked) || !fs::exists(twin, missing)) return linked;
  // It may be left from other code.
  return toolchains::code_sha256(twin) == toolchains::code_sha256(linked) ? twin : linked;
}

bool link_with_symbols(const pgo::BuildStep& step, toolchains::Runner& runner) {
  const auto stripped = [&](const pgo::Program& program) {
    return !has_symbols(with_own_symbols(step.output_dir / program.name));
  };
  const auto target = std::ranges::find(step.command.argv, "--target");
  if (!step.keeps_symbols || target == step.command.argv.end() ||
      !std::ranges::all_of(step.programs, stripped) ||
      pgo::units_from_json(toolchains::read_file(step.units_file)).linker_strips.empty())
    return false;
  const fs::path folder = step.units_file.parent_path();
  const fs::path script = folder / "symbols-linker";
  toolchains::write_file_atomically(script, linker_script(step.linker));
  fs::permissions(script, fs::perms::owner_exec, fs::perm_options::add);
  const toolchains::PassingFolder target_dir(step.target_dir.parent_path() / "target-symbols");
  pgo::BuildStep linking = step;
  pgo::link_by(linking, *(target + 1), script);
  auto command = in_target_folder(linking, target_dir.path());
  command.stdout_file = folder / "symbols.jsonl";
  command.log_file = folder / "symbols.log";
  if (!run_logged(command, runner).ok()) return false;
  for (const auto& artifact : pgo::parse_artifacts(toolchains::read_file(command.stdout_file))) {
    const auto is_it = [&](const pgo::Program& program) { return program.name == artifact.name; };
    if (artifact.executable.empty() || std::ranges::none_of(step.programs, is_it)) continue;
    toolchains::copy_file_exact(artifact.executable,
                                symbols_folder(step.output_dir / artifact.name) / artifact.name);
  }
  return true;
}

}  // namespace pgo_orch::orchestrator
