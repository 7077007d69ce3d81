#include "report/run_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>

#include "report/cells.h"
#include "report/left_out.h"
#include "report/lookup.h"

namespace pgo_orch::report {

namespace {

Cell number_cell(const std::optional<double>& number, Unit unit) {
  return number ? Cell(figure_text(*number, unit)) : Cell();
}

Cell count_cell(std::int64_t count) {
  return std::to_string(count);
}

Cell met_cell(const GoalResult& goal) {
  if (!goal.met) return {"open", Tone::unsure};
  if (!*goal.met) return {"missed", Tone::bad};
  if (!goal.stretch) return {"met", Tone::good};
  const char* stretch = !goal.stretch_met ? "open" : *goal.stretch_met ? "met" : "missed";
  return {fmt::format("met, stretch {}", stretch), Tone::good};
}

Table goals(const Results& results) {
  Table table{"goals"};
  table.columns = {{"goal", Align::left},     {"of", Align::left}, {"figure"},
                   {"interval", Align::left}, {"target"},          {"stretch"},
                   {"", Align::left}};
  for (const GoalResult& goal : results.goals)
    table.rows.push_back({goal.name, subject_text(goal), number_cell(goal.value, goal.unit),
                          interval_text(goal.value, goal.lo, goal.hi, goal.unit),
                          number_cell(goal.target, goal.unit), number_cell(goal.stretch, goal.unit),
                          met_cell(goal)});
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
    table.columns.push_back({"run time", Align::right, benchmark.workload});
    table.columns.push_back({"memory", Align::right, benchmark.workload});
  }
  table.columns.push_back({"build"});
  for (const ReferenceResult& reference : results.references) {
    Row& row = table.rows.emplace_back(Row{reference.name});
    if (reference.status != Status::ok) {
      const std::string why = reference.reason.empty() ? "" : ": " + reference.reason;
      row.emplace_back(to_word(reference.status) + why, Tone::unsure, false, table.columns.size() - 1);
      continue;
    }
    for (const Benchmark& benchmark : results.benchmarks) {
      if (!has_references(benchmark)) continue;
      const Samples* samples = lookup.samples(benchmark.workload, reference.name);
      row.push_back(run_time_cell(samples, false));
      row.push_back(memory_cell(samples, false));
    }
    row.push_back(build_time_cell(reference.build));
  }
  return table;
}

/// Build times in the requested scenarios, beside the full build.
Table scenarios(const Results& results) {
  std::set<std::string> names;
  for (const VariantResult& variant : results.variants)
    if (variant.build)
      for (const auto& [name, times] : variant.build->scenarios) names.insert(name);
  Table table{"builds by scenario", "medians", {{"variant", Align::left}, {"full"}}, {}};
  for (const auto& name : names) table.columns.push_back({name});
  for (const VariantResult& variant : results.variants) {
    if (!variant.build || variant.build->scenarios.empty()) continue;
    Row& row = table.rows.emplace_back(Row{variant.name, build_time_cell(variant.build)});
    for (const auto& name : names) {
      const auto times = variant.build->scenarios.find(name);
      const bool known = times != variant.build->scenarios.end() && times->second.wall;
      row.push_back(known ? figure_cell(times->second.wall) : Cell("unknown", Tone::unsure));
    }
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

/// Mangled and generic names can be longer than a line.
void clip_names(Table& table, std::size_t columns) {
  constexpr std::size_t least = 16;
  const std::size_t wide = width(table);
  if (wide <= columns) return;
  std::size_t longest = 0;
  for (const Row& row : table.rows)
    if (row.front().span == 1) longest = std::max(longest, display_width(row.front().text));
  const std::size_t over = wide - columns;
  const std::size_t room = longest > over + least ? longest - over : least;
  for (Row& row : table.rows)
    if (row.front().span == 1) row.front().text = clip(row.front().text, room);
}

Table inspected(const Results& results) {
  constexpr std::size_t most = 40;
  Table table{"code of functions"};
  table.columns = {{"function", Align::left},
                   {"variant", Align::left},
                   {"", Align::left},
                   {"size"},
                   {"instr."},
                   {"vectors", Align::left},
                   {"calls"},
                   {"callers"}};
  if (results.inspected.size() > most)
    table.caption = fmt::format("{} of {}, see results.json", most, results.inspected.size());
  for (const InspectedFunction& function : results.inspected | std::views::take(most)) {
    const bool unknown = function.state == measure::CodeState::unknown;
    Row& row = table.rows.emplace_back(
        Row{function.symbol.empty() ? function.pattern : function.symbol, function.variant,
            Cell(to_word(function.state), unknown ? Tone::unsure : Tone::plain)});
    if (function.state == measure::CodeState::present) {
      row.emplace_back(human(function.size));
      row.push_back(count_cell(function.instructions));
      row.emplace_back(function.vectors);
      row.push_back(count_cell(function.calls));
      row.push_back(function.called_from ? count_cell(*function.called_from) : Cell("-"));
    }
    row.resize(table.columns.size());
  }
  return table;
}

Table allocations(const Results& results) {
  Table table{"allocations"};
  table.columns = {{"workload", Align::left},
                   {"variant", Align::left},
                   {"allocations"},
                   {"memory"},
                   {"counted by", Align::left}};
  for (const AllocationCount& count : results.allocations) {
    Row& row = table.rows.emplace_back(Row{count.workload, count.variant});
    if (!count.allocations) {
      row.emplace_back("unknown", Tone::unsure, false, 3);
    } else {
      row.push_back(count_cell(*count.allocations));
      row.emplace_back(count.bytes ? human(Bytes{static_cast<std::uint64_t>(*count.bytes)}) : "");
      row.emplace_back(count.method, Tone::quiet);
    }
  }
  return table;
}

}  // namespace

std::vector<Table> findings_tables(const Results& results, std::size_t columns, Detail detail) {
  std::vector<Table> tables;
  if (Table table = goals(results); !table.rows.empty())
    tables.push_back(width(table) <= columns ? std::move(table) : stacked(table));
  for (Table& table : left_out_tables(results, columns)) tables.push_back(std::move(table));
  tables.push_back(scenarios(results));
  tables.push_back(references(results));
  for (Table& table : phase_tables(results, columns, detail)) tables.push_back(std::move(table));
  tables.push_back(inspected(results));
  tables.push_back(allocations(results));
  std::erase_if(tables, [](const Table& table) { return table.rows.empty(); });
  for (Table& table : tables) clip_names(table, columns);
  return tables;
}

}  // namespace pgo_orch::report
