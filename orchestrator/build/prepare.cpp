#include "orchestrator/build/prepare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/build/libraries.h"
#include "pgo/recipe.h"
#include "profiles/build_environment.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

StepResult run_one(const std::string& stage, const toolchains::Command& command, toolchains::Runner& runner) {
  log_command(command.log_file, command);
  const auto outcome = runner.run(command);
  return outcome.ok() ? std::nullopt : StepResult(failed_command(stage, command, outcome));
}

StepResult run_all(const std::string& stage, const std::vector<std::vector<std::string>>& commands,
                   const toolchains::Command& base, toolchains::Runner& runner) {
  for (const auto& argv : commands) {
    toolchains::Command command = base;
    command.argv = argv;
    if (auto failed = run_one(stage, command, runner)) return failed;
  }
  return std::nullopt;
}

}  // namespace

std::vector<toolchains::Command> prepare_commands(const Workload& workload, const fs::path& executable) {
  std::vector<toolchains::Command> commands;
  for (const auto& argv : pgo::with_executable(workload, executable).prepare) {
    toolchains::Command command{.argv = argv, .cwd = workload.cwd, .timeout = workload.timeout};
    command.env = pgo::environment_of(workload, {});
    commands.push_back(with_libraries(std::move(command), executable));
  }
  return commands;
}

StepResult run_prepare(const Workload& workload, const fs::path& executable, toolchains::Runner& runner,
                       const fs::path& log, const toolchains::EnvironmentChanges& more) {
  for (auto& command : prepare_commands(workload, executable)) {
    for (const auto& [name, value] : more) command.env[name] = value;
    command.log_file = log;
    if (auto failed = run_one("prepare " + workload.name, command, runner)) return failed;
  }
  return std::nullopt;
}

void run_project_prepare(const Config& config, const Layout& layout, toolchains::Runner& runner) {
  if (config.project.prepare.empty()) return;
  toolchains::Command base;
  base.cwd = config.root;
  base.log_file = layout.state / "prepare.log";
  base.timeout = config.build.timeout;
  toolchains::write_file_atomically(base.log_file, "");
  std::vector<std::vector<std::string>> commands;
  for (const auto& argv : config.project.prepare) commands.push_back(replace_folders(argv, config, layout));
  const auto failed = run_all("prepare", commands, base, runner);
  if (!failed) return;
  throw Error(
      fmt::format("{}: {}\n  $ {}\n  {}\n  log: {}", config.file.string(), failed->reason,
                  failed->failure.command, fmt::join(failed->failure.tail, "\n  "), failed->failure.log),
      Exit::failed);
}

StepResult run_setup(const Planner& planner, toolchains::Runner& runner) {
  return run_setup(planner.workloads(), planner.config(), planner.layout(), runner);
}

StepResult run_setup(const std::vector<Workload>& workloads, const Config& config, const Layout& layout,
                     toolchains::Runner& runner) {
  const fs::path log = layout.state / "setup.log";
  toolchains::write_file_atomically(log, "");
  for (const auto& workload : workloads) {
    toolchains::Command base{.cwd = workload.cwd, .log_file = log, .timeout = config.build.timeout};
    for (const auto& [name, value] : workload.env) base.env[name] = value;
    if (auto failed = run_all("setup " + workload.name, workload.setup, base, runner)) return failed;
  }
  return std::nullopt;
}

}  // namespace pgo_orch::orchestrator
