#include "pgo/recipe.h"
#include "profiles/build_environment.h"

namespace pgo_orch::pgo {

namespace fs = std::filesystem;

std::string replace_placeholders(std::string text, const fs::path& executable, const fs::path& root,
                                 const fs::path& tmp) {
  std::string replaced;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = std::string_view(text).substr(at);
    const auto put = [&](std::string_view name, const fs::path& value) {
      if (!rest.starts_with(name)) return false;
      replaced += value.string();
      at += name.size();
      return true;
    };
    if (put("{exe}", executable) || put("{root}", root) || put("{tmp}", tmp)) continue;
    replaced += text[at++];
  }
  return replaced;
}

toolchains::Command workload_command(const Workload& workload, const fs::path& executable,
                                     const std::map<std::string, std::string>& run_env, const fs::path& root,
                                     const fs::path& tmp) {
  toolchains::Command command;
  const auto add = [&](const std::string& word) {
    command.argv.push_back(replace_placeholders(word, executable, root, tmp));
  };
  if (workload.command.empty()) {
    command.argv.push_back(executable.string());
    for (const auto& argument : workload.args) add(argument);
  } else {
    for (const auto& word : workload.command) add(word);
  }
  command.cwd = workload.cwd;
  command.env = profiles::run_environment(run_env, workload.env);
  if (workload.stdin_file) command.stdin_file = *workload.stdin_file;
  return command;
}

}  // namespace pgo_orch::pgo
