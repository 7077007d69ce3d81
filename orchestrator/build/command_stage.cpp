#include "orchestrator/build/command_stage.h"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "measure/helpers.h"
#include "toolchains/clock.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using pgo::CommandStep;

namespace {

/// Whether any compiler was called through the shims; one that is called by its path calls a linker only.
bool reached_a_compiler(const CommandStep& step) {
  std::error_code missing;
  if (!fs::exists(step.calls, missing)) return false;
  std::istringstream lines(toolchains::read_file(step.calls));
  for (std::string line; std::getline(lines, line);) {
    const auto call = nlohmann::json::parse(line, nullptr, false);
    if (!call.is_object()) continue;
    const std::string kind = call.value("kind", "");
    if (kind == "compile") return true;
  }
  return false;
}

StepResult check_output(const CommandStep& step, const std::string& stage) {
  std::error_code missing;
  if (!fs::is_regular_file(step.output, missing)) {
    return failed_step(stage,
                       fmt::format("the command succeeded, but there is no file at {}: it must write the "
                                   "executable to {{output}} (also in $PGO_ORCH_OUTPUT)",
                                   step.output.string()),
                       step.command.log_file);
  }
  if (access(step.output.c_str(), X_OK) == 0) return std::nullopt;
  return failed_step(stage, fmt::format("{} is not executable", step.output.string()), step.command.log_file);
}

/// Flags that no tool got would make a variant in name only.
StepResult check_flags(const CommandStep& step, const std::string& stage) {
  const bool has_flags = !step.flags.empty() || !step.c_flags.empty() || !step.link_flags.empty();
  if (!has_flags || step.takes_flags || reached_a_compiler(step)) return std::nullopt;
  return failed_step(stage,
                     "no compiler got the variant's flags: the command does not call rustc, cargo, cc, gcc "
                     "or clang by name (from the PATH), and has no {flags}, {cflags} or {ldflags}",
                     step.command.log_file);
}

StepResult build(const CommandStep& step, toolchains::Runner& runner, StageRun& took) {
  const std::string stage = pgo::describe(pgo::Step(step));
  start_from_nothing(step);
  const auto outcome = run_logged(step.command, runner);
  if (!outcome.ok()) {
    // Its environment is in the log: as a line it would hide what the compiler says.
    return failed_build(
        stage, {.argv = step.command.argv, .cwd = step.command.cwd, .log_file = step.command.log_file},
        outcome);
  }
  took = to_run(outcome);
  if (auto failed = check_output(step, stage)) return failed;
  return check_flags(step, stage);
}

}  // namespace

std::string times_key(const CommandStep& step) {
  return to_shell(step.command);
}

void start_from_nothing(const CommandStep& step) {
  for (const auto& path : {step.output.parent_path(), step.scratch, step.calls, step.own_phases})
    fs::remove_all(path);
  toolchains::make_folders(step.output.parent_path());
  toolchains::make_folders(step.scratch);
  measure::link_shim(step.shims, step.shim);
}

StepResult execute(const CommandStep& step, bool shared, toolchains::Runner& runner, StageTimes& times) {
  times.stage = pgo::describe(pgo::Step(step));
  StageRun took;
  if (auto failed = build(step, runner, took)) return failed;
  times.shared = shared;
  times.measured_at = toolchains::timestamp();
  times.runs = {took};
  toolchains::copy_file_exact(step.output, step.program);
  return std::nullopt;
}

StepResult rebuild(const CommandStep& step, toolchains::Runner& runner, StageRun& took) {
  return build(step, runner, took);
}

}  // namespace pgo_orch::orchestrator
