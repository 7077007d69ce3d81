#include "orchestrator/prepare.h"

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
  return run_all("prepare " + workload.name, workload.prepare, for_workload(workload, log), runner);
}

StepResult run_setup(const Planner& planner, toolchains::Runner& runner) {
  const fs::path log = planner.layout().state / "setup.log";
  toolchains::write_file_atomically(log, "");
  toolchains::Command command;
  command.cwd = planner.config().root;
  command.log_file = log;
  std::vector<std::vector<std::string>> prepare;
  for (const auto& argv : planner.config().project.prepare) prepare.push_back(planner.replace_folders(argv));
  if (auto failed = run_all("prepare", prepare, command, runner)) return failed;
  for (const auto& workload : planner.workloads()) {
    if (auto failed = run_all("setup " + workload.name, workload.setup, for_workload(workload, log), runner))
      return failed;
  }
  return std::nullopt;
}

}  // namespace pgo_orch::orchestrator
