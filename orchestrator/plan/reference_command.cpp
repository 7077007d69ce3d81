#include "orchestrator/plan/reference_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "orchestrator/config/find.h"
#include "orchestrator/config/texts.h"
#include "profiles/build_environment.h"
#include "profiles/generated.h"
#include "toolchains/hash.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

namespace {

/// Two names that differ have two folders, also where both are no file's name.
std::string folder_name(const std::string& name) {
  if (is_safe_name(name)) return name;
  return safe_name(name).substr(0, longest_name) + "-" + toolchains::sha256(name).substr(0, 8);
}

/// The workload's own command with these words for {exe}; no value: it has no place for them.
std::optional<Words> in_place_of_exe(const Words& command, const Words& run) {
  Words words;
  bool found = false;
  for (const auto& word : command) {
    if (!pgo::programs_named_in({word}).empty()) return std::nullopt;
    const bool has_place = word.find("{exe}") != std::string::npos;
    found = found || has_place;
    if (word == "{exe}")
      words.insert(words.end(), run.begin(), run.end());
    else if (has_place && run.size() > 1)
      return std::nullopt;
    else
      words.push_back(has_place ? pgo::replace_placeholder(word, "{exe}", run.front()) : word);
  }
  return found ? std::optional(words) : std::nullopt;
}

Words joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Words with_reference(const Words& command, const Words& run) {
  return in_place_of_exe(command, run).value_or(command);
}

/// Whether all that runs the program can run the reference.
bool can_run(const Workload& workload, const Words& run) {
  bool any = false;
  for (const auto& command : workload.commands()) {
    const bool runs_program =
        std::ranges::any_of(command, [](const auto& word) { return word.find("{exe") != std::string::npos; });
    any = any || runs_program;
    if (runs_program && !in_place_of_exe(command, run)) return false;
  }
  return any;
}

/// Where it is made by the build, it is unknown before.
std::optional<std::string> missing(const Words& words, const toolchains::EnvironmentChanges& env,
                                   const fs::path& cwd) {
  if (words.empty() || words.front().find('/') != std::string::npos || words.front().starts_with("{"))
    return std::nullopt;
  if (toolchains::find_executable(words.front(), env, cwd)) return std::nullopt;
  return fmt::format("{} is not on the PATH", words.front());
}

}  // namespace

ReferenceFolder folder_of(const Reference& reference, const Layout& layout) {
  const std::string name = folder_name(reference.name);
  const fs::path root = layout.state / "references" / name;
  return {root, root / "bin" / name};
}

bool takes_part(const Reference& reference, const Workload& workload) {
  return reference.workloads.empty() || contains(reference.workloads, workload.name);
}

bool mentions(const Words& words, const std::string& placeholder) {
  return std::ranges::any_of(words,
                             [&](const auto& word) { return word.find(placeholder) != std::string::npos; });
}

Words reference_words(const Reference& reference, const Words& words, const Planner& planner,
                      const fs::path& program) {
  const auto folder = folder_of(reference, planner.layout());
  Words replaced = words;
  for (auto& word : replaced) {
    word = pgo::replace_placeholder(word, "{output}", program.empty() ? folder.output : program);
    word = pgo::replace_placeholder(word, "{root}", planner.config().root);
    word = pgo::replace_placeholder(word, "{tmp}", folder.tmp());
  }
  return replaced;
}

/// By an argument where cargo is called itself: a cargo that a build script runs would inherit the variable,
/// and wait for the lock of the folder.
static void set_target_folder(toolchains::Command& command, const fs::path& folder) {
  if (fs::path(command.argv.front()).filename() != "cargo") {
    command.env["CARGO_TARGET_DIR"] = folder;
    return;
  }
  for (const char* name : {"CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"})
    if (toolchains::variable(name)) command.env[name] = std::nullopt;
  const auto first = std::ranges::find_if(command.argv.begin() + 1, command.argv.end(),
                                          [](const auto& word) { return !word.starts_with('+'); });
  command.argv.insert(first, {"--config", "build.target-dir=" + profiles::toml_string(folder)});
}

toolchains::Command reference_build(const Reference& reference, const Planner& planner) {
  const auto folder = folder_of(reference, planner.layout());
  toolchains::Command command;
  command.argv = reference_words(reference, reference.build, planner);
  command.cwd = planner.config().root;
  set_target_folder(command, folder.tmp() / "target");
  // Only where it must be: a cargo that a build script runs would wait for its lock.
  if (planner.user().sets("build.build-dir") || toolchains::variable("CARGO_BUILD_BUILD_DIR"))
    command.env["CARGO_BUILD_BUILD_DIR"] = folder.tmp() / "target";
  command.env["RUSTC_WRAPPER"] = "";
  command.env["CARGO_TERM_COLOR"] = "never";
  for (const char* name : {"LLVM_PROFILE_FILE", "MAKEFLAGS", "MFLAGS", "CARGO_MAKEFLAGS"})
    if (toolchains::variable(name)) command.env[name] = std::nullopt;
  command.log_file = folder.build_log();
  command.timeout = planner.config().build.timeout;
  return command;
}

ProgramRun reference_run(const Reference& reference, const Workload& workload, const Planner& planner,
                         const fs::path& program) {
  const auto folder = folder_of(reference, planner.layout());
  Words words = reference_words(reference, reference.run, planner, program);
  ProgramRun run;
  run.executable = program.empty() && mentions(reference.run, "{output}") ? folder.output
                   : program.empty()                                      ? fs::path(words.front())
                                                                          : program;
  auto commands = workload.commands();
  if (workload.is_driven())
    for (auto& command : commands) command = with_reference(command, words);
  else
    commands.front() = joined(words, workload.args);
  run.command = pgo::run_command(workload, pgo::in_one_process(workload, std::move(commands)), {});
  return run;
}

fs::path copied_program(const Reference& reference, const Layout& layout) {
  const auto folder = folder_of(reference, layout);
  return mentions(reference.run, "{output}") && fs::is_regular_file(folder.output) ? folder.output
                                                                                   : fs::path();
}

std::vector<fs::path> reference_files(const Reference& reference, const std::vector<Workload>& workloads,
                                      const Planner& planner) {
  std::set<fs::path> files;
  const auto add = [&](const fs::path& file) {
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) files.insert(file);
  };
  if (const auto program = copied_program(reference, planner.layout()); !program.empty())
    for (const auto& entry : fs::directory_iterator(program.parent_path())) add(entry.path());
  const auto words = reference_words(reference, reference.run, planner);
  for (const auto& workload : workloads) {
    if (!workload.measured() || !takes_part(reference, workload)) continue;
    if (const auto tool =
            toolchains::find_executable(words.front(), pgo::environment_of(workload, {}), workload.cwd))
      add(*tool);
    for (const auto& word : words) add(workload.cwd / word);
  }
  return {files.begin(), files.end()};
}

std::string reference_code(const Reference& reference, const Workload& workload, const Planner& planner) {
  const auto command = reference_run(reference, workload, planner).command;
  toolchains::Sha256 digest;
  const auto add_file = [&](const fs::path& file) {
    std::error_code ignored;
    if (fs::is_regular_file(file, ignored)) digest.field(toolchains::sha256_of_file(file));
  };
  if (const auto tool = toolchains::find_executable(command.argv.front(), command.env, command.cwd))
    add_file(*tool);
  for (const auto& word : command.argv) {
    digest.field(word);
    add_file(command.cwd / word);
  }
  return digest.hex();
}

std::optional<std::string> why_not_here(const Reference& reference, const std::vector<Workload>& workloads,
                                        const Planner& planner) {
  if (auto reason = missing(reference.build, {}, planner.config().root)) return reason;
  if (reference.of == PhaseOf::build) return std::nullopt;
  for (const auto& workload : workloads) {
    if (!workload.measured() || !takes_part(reference, workload)) continue;
    if (auto reason = missing(reference.run, pgo::environment_of(workload, {}), workload.cwd)) return reason;
    if (!workload.is_driven() || can_run(workload, reference.run)) continue;
    return fmt::format(
        "workload {} has its own {}, without {{exe}} as a word that the reference's could replace; leave it "
        "out of the reference's `workloads`",
        workload.name, workload.steps.empty() ? "command" : "steps");
  }
  return std::nullopt;
}

}  // namespace pgo_orch::orchestrator
