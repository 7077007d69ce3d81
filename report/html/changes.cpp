// The page of `compare`.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "report/html/markup.h"
#include "report/html/page.h"
#include "report/humanize.h"
#include "report/run_changes.h"

namespace pgo_orch::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_builds = 500;

/// The changes of one workload.
struct Changed {
  std::optional<std::string> workload;  ///< none: over all of them
  std::vector<Comparison> runs;

  std::string title() const { return workload.value_or("All workloads"); }
};

std::vector<Changed> by_workload(const RunChanges& changes) {
  std::vector<Changed> all;
  for (const Comparison& change : changes.runs) {
    auto found = std::ranges::find(all, change.workload, &Changed::workload);
    if (found == all.end()) found = all.insert(all.end(), {change.workload, {}});
    found->runs.push_back(change);
  }
  return all;
}

std::vector<std::string> variants_of(const RunChanges& changes) {
  std::vector<std::string> names;
  for (const Comparison& change : changes.runs)
    if (std::ranges::find(names, change.variant) == names.end()) names.push_back(change.variant);
  return names;
}

/// "1 slower, 3 equivalent."
std::string counts(const RunChanges& changes) {
  std::vector<std::string> words;
  for (const Verdict verdict : {Verdict::slower, Verdict::faster, Verdict::equivalent, Verdict::unresolved})
    if (const auto count = std::ranges::count(changes.runs, verdict, &Comparison::verdict); count > 0)
      words.push_back(fmt::format("{} {}", count, Json(verdict).get<std::string>()));
  return words.empty() ? "No run times to compare." : fmt::format("{}.", fmt::join(words, ", "));
}

std::string answer(const RunChanges& changes) {
  auto html = fmt::format("<h1>{}</h1>\n<p class=\"answer\">{}</p>\n", escaped_html(title_of(changes)),
                          counts(changes));
  for (const std::string& remark : changes.remarks) html += fmt::format("<p>{}</p>\n", escaped_html(remark));
  return html;
}

std::string runs_part(const RunChanges& changes) {
  if (changes.runs.empty()) return "";
  std::string html = fmt::format(
      "<p>The dot is the change of a variant's run time, the line its {:.4g} % interval. In the band around "
      "zero, ±{:.4g} %, changes do not matter.</p>\n<div class=\"figures\">\n",
      100 * changes.confidence, 100 * changes.precision);
  const auto workloads = by_workload(changes);
  for (std::size_t i = 0; i < workloads.size(); ++i)
    html += figure(workloads[i].title(), "",
                   chart_element("intervals", i, "Run time against the earlier run, " + workloads[i].title()),
                   run_changes_table(workloads[i].runs, changes.confidence), workloads[i].runs.size());
  return html + "</div>\n";
}

Json data_of(const RunChanges& changes) {
  const auto names = variants_of(changes);
  Json rows = Json::array(), workloads = Json::array();
  for (const std::string& name : names) rows.push_back({{"name", name}});
  for (const Changed& changed : by_workload(changes)) {
    Json effects = Json::array();
    for (const Comparison& change : changed.runs)
      if (change.effect)
        effects.push_back(effect_data(std::ranges::find(names, change.variant) - names.begin(), change));
    workloads.push_back({{"name", changed.title()}, {"effects", std::move(effects)}});
  }
  return {{"rows", std::move(rows)},
          {"against", "the earlier run"},
          {"precision", 100 * changes.precision},
          {"workloads", std::move(workloads)}};
}

}  // namespace

std::string to_html(const RunChanges& changes) {
  const std::string builds =
      changes.builds.empty() ? "" : to_html_table(build_changes_table(changes.builds, most_builds));
  return document(title_of(changes), answer(changes),
                  {{"runs", "Run time", runs_part(changes)}, {"builds", "Builds", builds}}, data_of(changes));
}

}  // namespace pgo_orch::report
