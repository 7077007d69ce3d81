// `pgo-orch compare`: which two runs, and what is written of them.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "orchestrator/commands/command.h"
#include "orchestrator/commands/compare.h"
#include "orchestrator/commands/outputs.h"
#include "orchestrator/store/runs.h"
#include "report/json_values.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Comparison;
using report::Json;
using report::Results;
using report::RunChanges;

namespace {

Json json_of(const Comparison& change) {
  return {{"variant", change.variant}, {"workload", change.workload}, {"effect_pct", change.effect},
          {"lo_pct", change.lo},       {"hi_pct", change.hi},         {"verdict", change.verdict}};
}

Json json_of(const report::BuildChange& change) {
  return {{"variant", change.variant},
          {"crate", change.crate},
          {"pass", change.pass},
          {"before_s", change.before},
          {"after_s", change.after}};
}

/// A file, the folder of a run, or a run of the state folder.
Results results_named(const std::string& word, const Layout& layout) {
  std::error_code missing;
  const bool is_path = word.ends_with(".json") || word.find('/') != word.npos || fs::exists(word, missing);
  return load_results(is_path ? fs::path(word) : layout.run(find_run(layout, word)));
}

int compare(const Arguments& given) {
  auto words = given.files.empty() ? std::vector<std::string>{"previous"} : given.files;
  if (words.size() == 1) words.emplace_back("latest");
  if (words.size() != 2)
    throw Error("compare takes two runs, the earlier one first; see pgo-orch compare --help");
  check_output_files(outputs_of(given, {"json", "markdown", "html"}));
  const auto allowed = fail_if_slower(given);
  const bool color = wants_color(given, STDOUT_FILENO);
  const Layout layout = layout_of(given, fs::current_path());
  const Results before = results_named(words[0], layout), after = results_named(words[1], layout);
  if (given.files.size() == 1 && before.run.id == after.run.id)
    throw Error(fmt::format("{} is the latest run itself: name the run to compare it with", words[0]));
  const auto changes = describe(before, after);
  bool is_printed = false;
  for (const auto& [option, text] :
       {std::pair{"json", to_json_text(changes)}, std::pair{"markdown", to_markdown(changes)},
        std::pair{"html", to_html(changes)}}) {
    if (!given.has(option)) continue;
    is_printed = is_printed || is_stdout(given.text(option));
    write_text(given.text(option), text);
  }
  if (!is_printed) print_text(to_text(changes, color));
  return static_cast<int>(allowed && got_slower(before, after, *allowed) ? Exit::failed : Exit::ok);
}

}  // namespace

std::string to_text(const RunChanges& changes, bool color) {
  auto text = title_of(changes) + "\n";
  for (const auto& remark : changes.remarks) text += remark + "\n";
  for (const auto& table : tables_of(changes)) text += "\n" + to_text(table, color);
  return text;
}

std::string to_json_text(const RunChanges& changes) {
  Json json{{"schema", "pgo-orch/compare/1"}, {"before", changes.before},
            {"after", changes.after},         {"same_baseline", changes.same_baseline},
            {"remarks", changes.remarks},     {"confidence", changes.confidence},
            {"runtime", Json::array()},       {"builds", Json::array()}};
  for (const auto& change : changes.runs) json["runtime"].push_back(json_of(change));
  for (const auto& change : changes.builds) json["builds"].push_back(json_of(change));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Command compare_command() {
  return {
      .name = "compare",
      .usage = "compare [RUN|BEFORE.json] [RUN|AFTER.json] [options]",
      .summary = "show what changed between two runs",
      .options = Options{{"json", "FILE", group::output, "write the changes as JSON; - is standard output"},
                         {"markdown", "FILE", group::output, "write them as GitHub Markdown"},
                         {"html", "FILE", group::output, "write them as a page with charts"}} +
                 fail_if_slower_option + state_dir_option + color_option + help_option,
      .most_files = -1,
      .execute = compare};
}

}  // namespace pgo_orch::orchestrator
