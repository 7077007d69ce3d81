#include <fmt/format.h>
#include <fmt/ranges.h>

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

namespace {

constexpr std::string_view other_program = "{exe.";

/// Behind {exe.NAME}, at its place.
std::size_t behind_name(const std::string& word, std::size_t at) {
  const auto end = word.find('}', at);
  return end == std::string::npos ? word.size() : end + 1;
}

std::string with_programs(std::string word, const fs::path& executable) {
  word = replace_placeholder(word, "{exe}", executable);
  for (const auto& name : programs_named_in({word}))
    word = replace_placeholder(word, fmt::format("{}{}}}", other_program, name),
                               executable.parent_path() / name);
  return word;
}

}  // namespace

std::vector<std::string> programs_named_in(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const auto& word : words)
    for (auto at = word.find(other_program); at != std::string::npos; at = word.find(other_program, at + 1)) {
      const auto end = behind_name(word, at);
      if (word[end - 1] == '}')
        names.push_back(word.substr(at + other_program.size(), end - 1 - at - other_program.size()));
    }
  return names;
}

std::vector<std::vector<std::string>> commands_of(const Workload& workload, const fs::path& executable) {
  auto commands = workload.commands();
  // Arguments of the program itself are its own, whatever they look like.
  for (auto& command : commands)
    for (auto& word : command)
      word = workload.is_driven() ? with_programs(word, executable)
                                  : replace_placeholder(word, "{exe}", executable);
  return commands;
}

std::string in_sequence(const std::vector<std::string>& commands, const toolchains::ExitCodes& expected) {
  std::string script = fmt::format(
      "step() {{ \"$@\"; code=$?; case $code in {}) ;; *) echo \"exit code $code: $*\" >&2; exit $code ;; "
      "esac; }}",
      fmt::join(expected.all(), "|"));
  for (const auto& command : commands) script += "; step " + command;
  return script + "; exit $code";
}

std::vector<std::string> in_one_process(const Workload& workload,
                                        std::vector<std::vector<std::string>> commands) {
  if (workload.steps.empty()) return std::move(commands.front());
  std::vector<std::string> lines;
  for (const auto& command : commands) {
    std::string& line = lines.emplace_back();
    for (const auto& word : command) line += (line.empty() ? "" : " ") + toolchains::shell_quote(word);
    if (workload.stdin_file) line += " <" + toolchains::shell_quote(workload.stdin_file->string());
  }
  return {"/bin/sh", "-c", in_sequence(lines, workload.expect.exit_codes)};
}

Workload with_executable(Workload workload, const fs::path& executable) {
  for (auto& command : workload.prepare)
    for (auto& word : command) word = with_programs(word, executable);
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
  return run_command(workload, in_one_process(workload, commands_of(workload, executable)), run_env);
}

}  // namespace pgo_orch::pgo
