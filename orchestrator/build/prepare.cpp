#include "orchestrator/build/prepare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

StepResult run_all(const std::string& stage, const std::vector<std::vector<std::string>>& commands,
                   const toolchains::Command& base, toolchains::Runner& runner) {
  for (const auto& argv : commands) {
    toolchains::Command command = base;
    command.argv = argv;
    log_command(command.log_file, command);
    const auto outcome = runner.run(command);
    if (!outcome.ok()) return failed_command(stage, command, outcome);
  }
  return std::nullopt;
}

toolchains::Command for_workload(const Workload& workload, const fs::path& log) {
  toolchains::Command command;
  command.cwd = workload.cwd;
  for (const auto& [name, value] : workload.env) command.env[name] = value;
  command.log_file = log;
  return command;
}

}  // namespace

StepResult run_prepare(const Workload& workload, toolchains::Runner& runner, const fs::path& log) {
  auto base = for_workload(workload, log);
  base.timeout = workload.timeout;
  return run_all("prepare " + workload.name, workload.prepare, base, runner);
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
  const fs::path log = planner.layout().state / "setup.log";
  toolchains::write_file_atomically(log, "");
  for (const auto& workload : planner.workloads()) {
    auto base = for_workload(workload, log);
    base.timeout = planner.config().build.timeout;
    if (auto failed = run_all("setup " + workload.name, workload.setup, base, runner)) return failed;
  }
  return std::nullopt;
}

}  // namespace pgo_orch::orchestrator
