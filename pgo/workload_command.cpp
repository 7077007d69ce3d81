#include "pgo/recipe.h"
#include "profiles/build_environment.h"

namespace pgo_orch::pgo {

namespace fs = std::filesystem;

std::string replace_placeholder(const std::string& text, const std::string& placeholder,
                                const fs::path& value) {
  std::string replaced;
  std::size_t from = 0;
  for (std::size_t at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, from)) {
    replaced += text.substr(from, at - from) + value.string();
    from = at + placeholder.size();
  }
  return replaced + text.substr(from);
}

Workload with_executable(Workload workload, const fs::path& executable) {
  for (auto& command : workload.prepare) {
    for (auto& word : command) word = replace_placeholder(word, "{exe}", executable);
  }
  return workload;
}

toolchains::EnvironmentChanges environment_of(const Workload& workload,
                                              const std::map<std::string, std::string>& run_env) {
  auto changes = profiles::run_environment(run_env, workload.env);
  for (const auto& name : workload.unset) changes.emplace(name, std::nullopt);
  if (workload.clean_env) changes.emplace(toolchains::all_others, std::nullopt);
  return changes;
}

toolchains::Command run_command(const Workload& workload, std::vector<std::string> argv,
                                const std::map<std::string, std::string>& run_env) {
  toolchains::Command command;
  command.argv = std::move(argv);
  command.cwd = workload.cwd;
  command.env = environment_of(workload, run_env);
  if (workload.stdin_file) command.stdin_file = *workload.stdin_file;
  command.stdout_pipe = workload.stdout_mode == StdoutMode::pipe;
  command.ends_all = true;
  if (workload.stdout_mode == StdoutMode::null) command.stdout_file = "/dev/null";
  return command;
}

toolchains::Command workload_command(const Workload& workload, const fs::path& executable,
                                     const std::map<std::string, std::string>& run_env) {
  std::vector<std::string> argv;
  if (workload.command.empty()) argv.push_back(executable.string());
  for (const auto& word : workload.command.empty() ? workload.args : workload.command) {
    argv.push_back(replace_placeholder(word, "{exe}", executable));
  }
  return run_command(workload, std::move(argv), run_env);
}

}  // namespace pgo_orch::pgo
