// Goals and references.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/cells.h"
#include "report/findings_tables.h"
#include "report/humanize.h"
#include "report/text.h"

namespace pgo_orch::report {

namespace {

Cell number_cell(const std::optional<double>& number, Unit unit) {
  return text_cell(number ? figure_text(*number, unit) : "");
}

Cell met_cell(const GoalResult& goal) {
  if (!goal.met) return text_cell("open", Tone::unsure);
  if (!*goal.met) return text_cell("missed", Tone::bad);
  if (!goal.stretch) return text_cell("met", Tone::good);
  const char* stretch = !goal.stretch_met ? "open" : *goal.stretch_met ? "met" : "missed";
  return text_cell(fmt::format("met, stretch {}", stretch), Tone::good);
}

Table goals(const Results& results) {
  Table table{"goals"};
  table.columns = {{"goal", Align::left},     {"of", Align::left}, {"figure"},
                   {"interval", Align::left}, {"target"},          {"stretch"},
                   {"", Align::left}};
  for (const GoalResult& goal : results.goals)
    table.rows.push_back(
        {text_cell(goal.name), text_cell(subject_text(goal)), number_cell(goal.value, goal.unit),
         text_cell(interval_text(goal.value, goal.lo, goal.hi, goal.unit)),
         number_cell(goal.target, goal.unit), number_cell(goal.stretch, goal.unit), met_cell(goal)});
  if (std::ranges::all_of(results.goals, [](const GoalResult& goal) { return !goal.stretch; })) {
    constexpr std::ptrdiff_t stretch = 5;
    table.columns.erase(table.columns.begin() + stretch);
    for (Row& row : table.rows) row.erase(row.begin() + stretch);
  }
  return table;
}

/// Whether any reference ran in the workload.
bool has_references(const Benchmark& benchmark) {
  return std::ranges::any_of(benchmark.results,
                             [](const Samples& samples) { return !samples.reference.empty(); });
}

Table references(const Results& results) {
  const Lookup lookup(results);
  Table table{"references", "", {{"reference", Align::left}}, {}};
  for (const Benchmark& benchmark : results.benchmarks) {
    if (!has_references(benchmark)) continue;
    table.columns.push_back({"run time", Align::right, printable(benchmark.workload)});
    table.columns.push_back({"memory", Align::right, printable(benchmark.workload)});
  }
  table.columns.push_back({"build"});
  for (const ReferenceResult& reference : results.references) {
    Row row = {text_cell(reference.name)};
    if (reference.status != Status::ok) {
      const std::string why = reference.reason.empty() ? "" : ": " + reference.reason;
      row.push_back(
          {printable(to_word(reference.status) + why), Tone::unsure, false, table.columns.size() - 1});
      table.rows.push_back(std::move(row));
      continue;
    }
    for (const Benchmark& benchmark : results.benchmarks) {
      if (!has_references(benchmark)) continue;
      const Samples* samples = lookup.samples(benchmark.workload, reference.name);
      row.push_back(run_time_cell(samples, false));
      row.push_back(memory_cell(samples, false));
    }
    const bool built = reference.build && reference.build->wall;
    row.push_back(text_cell(built ? human(Seconds(*reference.build->wall)) : ""));
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// What builds take in the scenarios that were asked for, beside the full one.
Table scenarios(const Results& results) {
  std::set<std::string> names;
  for (const VariantResult& variant : results.variants)
    if (variant.build)
      for (const auto& [name, times] : variant.build->scenarios) names.insert(name);
  Table table{"builds by scenario", "medians", {{"variant", Align::left}, {"full"}}, {}};
  for (const auto& name : names) table.columns.push_back({name});
  if (names.empty()) return table;
  for (const VariantResult& variant : results.variants) {
    if (!variant.build || variant.build->scenarios.empty()) continue;
    const auto& build = *variant.build;
    Row row = {text_cell(variant.name), text_cell(build.wall ? human(Seconds(*build.wall)) : "")};
    for (const auto& name : names) {
      const auto times = build.scenarios.find(name);
      const bool known = times != build.scenarios.end() && times->second.wall;
      row.push_back(known ? text_cell(human(Seconds(*times->second.wall)))
                          : text_cell("not known", Tone::unsure));
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

/// Name and subject, the first two columns, in a line of their own above the others.
Table stacked(const Table& wide) {
  Table table{wide.title, wide.caption, {{"", Align::left}}, {}};
  table.columns.insert(table.columns.end(), wide.columns.begin() + 2, wide.columns.end());
  for (const Row& row : wide.rows) {
    table.rows.push_back({{row[0].text + ": " + row[1].text, row[0].tone, false, table.columns.size()}});
    Row& figures = table.rows.emplace_back(1);
    figures.insert(figures.end(), row.begin() + 2, row.end());
  }
  return table;
}

}  // namespace

std::vector<Table> verdict_tables(const Results& results, std::size_t columns) {
  std::vector<Table> tables;
  if (!results.goals.empty()) {
    Table table = goals(results);
    tables.push_back(width(table) <= columns ? std::move(table) : stacked(table));
  }
  if (Table table = scenarios(results); !table.rows.empty()) tables.push_back(std::move(table));
  if (!results.references.empty()) tables.push_back(references(results));
  return tables;
}

}  // namespace pgo_orch::report
