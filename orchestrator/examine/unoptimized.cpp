#include "orchestrator/examine/unoptimized.h"

#include "orchestrator/build/build_stage.h"
#include "orchestrator/build/command_stage.h"
#include "orchestrator/examine/build_phases.h"
#include "pgo/cargo_output.h"
#include "pgo/shim_contract.h"
#include "pgo/symbol.h"
#include "toolchains/elf.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// The variant's flags, but for profiles; the last of an option wins.
std::string flags_of(const std::vector<profiles::Flag>& flags) {
  std::vector<profiles::Flag> kept;
  for (const auto& flag : flags)
    if (!profiles::instruments(flag.text)) kept.push_back(flag);
  for (const char* own : {"-Copt-level=0", "-Cstrip=none"}) kept.push_back({own, "pgo-orch"});
  return profiles::encode(kept);
}

std::vector<std::string> names_in(const fs::path& executable) {
  std::vector<std::string> names;
  for (const auto& symbol : toolchains::function_symbols(executable))
    names.push_back(pgo::readable_name(symbol));
  return names;
}

using Names = std::map<std::string, std::vector<std::string>>;

Names build(const pgo::BuildStep& step, const fs::path& folder, toolchains::Runner& runner) {
  const fs::path target_dir = step.target_dir.parent_path() / "target-names";
  auto command = in_target_folder(step, target_dir);
  command.env["CARGO_ENCODED_RUSTFLAGS"] = flags_of(step.flags);
  command.stdout_file = folder / "names.jsonl";
  command.log_file = folder / "names.log";
  Names names;
  if (run_logged(command, runner).ok()) {
    for (const auto& artifact : pgo::parse_artifacts(toolchains::read_file(command.stdout_file)))
      if (!artifact.executable.empty()) names[artifact.name] = names_in(artifact.executable);
  }
  fs::remove_all(target_dir);
  return names;
}

Names build(const pgo::CommandStep& step, const fs::path& folder, toolchains::Runner& runner) {
  start_from_nothing(step);
  auto command = step.command;
  command.env[shim::rustflags_variable] = flags_of(step.flags);
  command.env[shim::cargo_rustflags_variable] = flags_of(step.cargo_flags);
  command.env[shim::cflags_variable] = "-O0";
  std::vector<profiles::Flag> link;
  for (const auto& flag : step.link_flags)
    if (flag.text != "-s" && flag.text.find("-fprofile") == std::string::npos) link.push_back(flag);
  command.env[shim::ldflags_variable] = profiles::encode(link);
  command.log_file = folder / "names.log";
  if (!run_logged(command, runner).ok() || !fs::is_regular_file(step.output)) return {};
  return {{step.program.filename().string(), names_in(step.output)}};
}

}  // namespace

Names names_without_optimization(const VariantPlan& plan, const Workshop& workshop) {
  const fs::path folder = workshop.planner.layout().variant(plan.name);
  const auto* step = last_build(plan);
  if (const auto* cargo = std::get_if<pgo::BuildStep>(step)) return build(*cargo, folder, workshop.runner);
  if (const auto* command = std::get_if<pgo::CommandStep>(step))
    return build(*command, folder, workshop.runner);
  return {};
}

}  // namespace pgo_orch::orchestrator
