// `pgo-orch list`: the runs of a state folder, and what takes its room.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "orchestrator/build/step_result.h"
#include "orchestrator/commands/compare.h"
#include "orchestrator/commands/state_folder.h"
#include "orchestrator/store/runs.h"
#include "report/humanize.h"
#include "report/lookup.h"
#include "report/table.h"
#include "toolchains/clock.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace {

using Json = nlohmann::ordered_json;

/// A run, as the list has it.
struct Listed {
  std::string id;
  std::string status;
  std::optional<Nanoseconds> took;
  std::optional<std::size_t> variants;
  std::string answer;  ///< in a few words
  Bytes size;
};

/// "pgo: 29.4 % faster"
std::string short_answer(const report::Results& results) {
  if (results.benchmarks.empty()) return "nothing was timed";
  if (!results.recommended) return "no best variant";
  const bool single = results.benchmarks.size() == 1;
  const auto* against = report::Lookup(results).comparison(
      report::Metric::runtime, single ? std::optional(results.benchmarks.front().workload) : std::nullopt,
      *results.recommended);
  if (!against || !against->effect || against->verdict != report::Verdict::faster)
    return *results.recommended;
  return fmt::format("{}: {} % faster", *results.recommended, report::human_percent(*against->effect));
}

/// How long it took, all sittings of a resumed run and the time between them included.
std::optional<Nanoseconds> duration(const report::RunInfo& run) {
  const auto from = toolchains::seconds_of(run.started), to = toolchains::seconds_of(run.finished);
  if (!from || !to || *to < *from) return std::nullopt;
  return std::chrono::seconds(*to - *from);
}

Listed describe_run(const Layout& layout, const std::string& id, bool at_work) {
  Listed run{.id = id, .status = {}, .took = {}, .variants = {}, .answer = {}, .size = {}};
  run.size = toolchains::size_of_tree(layout.run(id));
  run.status = is_finished(layout, id)               ? "finished"
               : at_work && id == latest_run(layout) ? "running"
                                                     : "interrupted";
  std::error_code missing;
  if (!std::filesystem::exists(layout.run(id) / "results.json", missing)) return run;
  const auto unreadable = problem_in([&] {
    const auto results = load_results(layout.run(id));
    run.took = duration(results.run);
    run.variants = results.variants.size();
    run.answer = short_answer(results);
  });
  if (unreadable) run.answer = "its results.json cannot be read";
  return run;
}

std::string table_of_runs(const std::vector<Listed>& runs) {
  using report::Align;
  report::Table table;
  table.columns = {{"run", Align::left, {}},       {"took", Align::right, {}},  {"status", Align::left, {}},
                   {"variants", Align::right, {}}, {"answer", Align::left, {}}, {"size", Align::right, {}}};
  for (const auto& run : runs)
    table.rows.push_back({report::Cell(run.id), report::Cell(run.took ? report::human_wait(*run.took) : ""),
                          report::Cell(run.status),
                          report::Cell(run.variants ? std::to_string(*run.variants) : ""),
                          report::Cell(run.answer), report::Cell(report::human(run.size))});
  return to_text(table, false);
}

Json json_of(const Listed& run, const Layout& layout) {
  return {{"id", run.id},
          {"started", start_of(run.id)},
          {"duration_s", run.took ? Json(seconds(*run.took)) : Json()},
          {"status", run.status},
          {"variants", run.variants ? Json(*run.variants) : Json()},
          {"answer", run.answer},
          {"size_bytes", run.size.count},
          {"folder", layout.run(run.id).string()}};
}

std::string json_text(const std::vector<Listed>& runs, const std::vector<StatePart>& parts,
                      const Layout& layout) {
  Json json{{"schema", "pgo-orch/list/1"}, {"state", layout.state.string()}, {"runs", Json::array()}};
  for (const auto& run : runs) json["runs"].push_back(json_of(run, layout));
  for (const auto& [kind, word] : words_of(Taken{})) {
    std::string key = word;
    std::ranges::replace(key, ' ', '_');
    json["size_bytes"][key] = size_of(parts, kind).count;
  }
  json["total_bytes"] = size_of(parts).count;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int list(const Arguments& given) {
  const Layout layout = named_state_folder(given);
  const bool at_work = toolchains::FileLock::is_held(layout.lock());
  std::vector<Listed> runs;
  std::vector<StatePart> parts;
  if (is_state_folder(layout)) {
    for (const auto& id : runs_of(layout)) runs.push_back(describe_run(layout, id, at_work));
    parts = contents_of(layout).parts;
  }
  std::string text = layout.state.string() + "\n";
  if (given.has("json"))
    text = json_text(runs, parts, layout);
  else if (runs.empty())
    text += "no runs yet: start one with `pgo-orch run`\n";
  else
    text += table_of_runs(runs);
  if (!given.has("json") && !parts.empty()) text += "\n" + sizes_table(parts, "together");
  print_text(text);
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command list_command() {
  return {.name = "list",
          .usage = "list [pgo.toml] [options]",
          .summary = "list the runs, and what the state folder takes",
          .options = Options{{"json", "", group::output, "as JSON"}} + state_dir_option + help_option,
          .execute = list};
}

}  // namespace pgo_orch::orchestrator
