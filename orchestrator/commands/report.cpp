// `pgo-orch report`: a finished run again, in any format.

#include <fmt/format.h>
#include <unistd.h>

#include "orchestrator/commands/command.h"
#include "orchestrator/commands/compare.h"
#include "orchestrator/commands/outputs.h"
#include "orchestrator/commands/state_folder.h"
#include "orchestrator/judge/explain.h"
#include "orchestrator/store/runs.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// The one that was named, that of the run's folder that was named, or of a run of this pgo.toml.
fs::path results_file(const Arguments& given) {
  const fs::path file = given.file();
  const bool is_folder = fs::exists(file / "results.json");
  if (is_folder || file.extension() == ".json") {
    for (const char* option : {"run", "state-dir"})
      if (given.has(option))
        throw Error(
            fmt::format("--{} only applies with a pgo.toml, and {} is one run's results: leave it out",
                        option, file.string()));
    return is_folder ? file / "results.json" : file;
  }
  const Layout layout = named_state_folder(given);
  const auto run = given.text("run");
  return (run.empty() ? layout.latest() : layout.run(find_run(layout, run))) / "results.json";
}

/// As typed.
std::vector<std::string> asked(const Arguments& given) {
  std::vector<std::string> words = given.files;
  for (const char* option : {"run", "state-dir"})
    if (given.has(option)) words.insert(words.end(), {fmt::format("--{}", option), given.text(option)});
  return words;
}

int report_run(const Arguments& given) {
  const bool color = wants_color(given, STDOUT_FILENO);
  const Exports exports = exports_of(given);
  check_exports(exports);
  const fs::path file = results_file(given);
  if (!fs::exists(file)) {
    throw Error(fmt::format("there is no {}: start a run with `pgo-orch run`, or name a results.json",
                            file.string()));
  }
  const auto results = load_results(file);
  if (given.has("explain")) {
    print_text(to_text(explain_claim(results, given.text("explain"))));
    return static_cast<int>(Exit::ok);
  }
  write_exports(results, exports, fs::absolute(file).parent_path());
  if (!any_on_stdout(exports)) print_report(results, color, given.has("verbose"), asked(given));
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command report_command() {
  return {.name = "report",
          .usage = "report [pgo.toml | results.json] [options]",
          .summary = "show a finished run again, in any format",
          .options = Options{{"run", "ID", "What to show",
                              "which run: an id, its beginning, latest (default) or previous"},
                             {"explain", "CLAIM", "What to show",
                              "the numbers behind one verdict: VARIANT, VARIANT/WORKLOAD or "
                              "VARIANT/WORKLOAD/cpu"},
                             {"verbose,v", "", "What to show", "all details, phases and notes"}} +
                     export_options + general_options(),
          .execute = report_run};
}

}  // namespace pgo_orch::orchestrator
