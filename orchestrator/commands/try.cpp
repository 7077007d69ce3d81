// `pgo-orch try`: baseline, tuned and PGO with one command line, without a pgo.toml.

#include <fmt/format.h>
#include <unistd.h>

#include "orchestrator/commands/command.h"
#include "orchestrator/commands/run.h"
#include "orchestrator/commands/starting.h"
#include "orchestrator/config/find.h"
#include "toolchains/command.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

constexpr const char* file_name = "pgo.toml";

void refuse_with_pgo_toml(const fs::path& root) {
  std::error_code missing;
  if (fs::exists(root / file_name, missing))
    throw Error(
        fmt::format("{} is there: `pgo-orch run` compares what it lists; add a [[workload]] to try other "
                    "arguments",
                    (root / file_name).string()));
}

/// What is written for the user to keep: outputs are compared as far as they turned out to be steady.
void learn(FirstFile& file, const std::vector<report::OutputCheck>& checks) {
  for (auto& workload : file.workloads)
    if (const auto* check = find_by(checks, &report::OutputCheck::workload, workload.name))
      workload.compared = check->compared;
}

/// From a try to a project with a pgo.toml. `state_dir`: as it was given; `improved`: there is something to
/// release.
std::string how_to_keep(const fs::path& tried, const fs::path& root, const std::string& state_dir,
                        bool improved) {
  const auto typed = [](const fs::path& path) {
    return toolchains::shell_quote(path.lexically_proximate(fs::current_path()).string());
  };
  auto text = fmt::format("keep this setup:   cp {} {}\n", typed(tried), typed(root / file_name));
  if (improved)
    text += fmt::format("then release it:   pgo-orch release{}{}\n",
                        root == fs::current_path() ? "" : " best " + typed(root / file_name),
                        state_dir.empty() ? "" : " --state-dir " + toolchains::shell_quote(state_dir));
  return text;
}

int try_it(const Arguments& given) {
  RunOptions options = shared_run_options(given);
  options.command = "try";
  options.max_time = time_of(given, "max-time");
  options.quick = given.has("quick");
  check_exports(options.exports);
  const fs::path root = find_package_folder(fs::current_path());
  refuse_with_pgo_toml(root);
  const Layout layout = layout_of(given, root);
  toolchains::ProcessRunner runner;
  Machine machine(runner, root, layout.tools());
  const auto wanted = wanted_program(given);
  const auto facts = find_project(root, wanted, machine);
  FirstFile file = first_file(given, wanted, root);
  const auto text = first_pgo_toml(facts, file);
  Config config = parse_config(text, root / file_name);
  for (auto& workload : config.workloads) workload.expect.settles = workload.measured();

  const toolchains::Heeding heeding;
  const auto lock = lock_state_folder(layout);
  const fs::path tried = layout.tried() / file_name;
  toolchains::make_folders(layout.tried());
  toolchains::write_file_atomically(tried, text);
  bool improved = false;
  const int code = run(config, options, layout, [&](report::Results& results) {
    learn(file, results.outputs);
    toolchains::write_file_atomically(tried, first_pgo_toml(facts, file));
    improved = results.recommended && *results.recommended != results.baseline;
  });
  if (!any_on_stdout(options.exports) && code == static_cast<int>(Exit::ok))
    fmt::print("{}", how_to_keep(tried, root, given.text("state-dir"), improved));
  return code;
}

}  // namespace

Command try_command() {
  return {
      .name = "try",
      .usage = "try [options] -- ARGUMENTS",
      .summary = "compare default, tuned and PGO builds without a pgo.toml",
      .options = starting_options() +
                 Options{{"max-time", "TIME", group::measuring, "time limit for measuring (default: 60s)"},
                         {"quick", "", group::measuring, "measure for a fifth of that"}} +
                 export_options + verbosity_options + general_options(),
      .most_files = -1,
      .passes_words = true,
      .execute = try_it};
}

}  // namespace pgo_orch::orchestrator
