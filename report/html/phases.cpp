// Where the time of runs and builds goes: phases, units of builds, flame graphs.

#include <fmt/format.h>

#include <algorithm>

#include "report/cells.h"
#include "report/html/flames.h"
#include "report/html/markup.h"
#include "report/html/page.h"
#include "report/run_tables.h"

namespace pgo_orch::report {

namespace {

Table units_table(const BuildPhases& build, std::size_t most) {
  std::vector<const CompiledUnit*> units;
  for (const CompiledUnit& unit : build.units) units.push_back(&unit);
  std::ranges::stable_sort(units, {},
                           [](const CompiledUnit* unit) { return unit->start.value_or(Nanoseconds()); });
  if (units.size() > most) units.resize(most);
  Table table{"Units of the build of " + owner_of(build)};
  table.columns = {{"unit", Align::left}, {"version", Align::left}, {"start"}, {"time"}, {"CPU"}, {"memory"},
                   {"parts", Align::left}};
  for (const CompiledUnit* unit : units) {
    std::vector<std::string> parts;
    for (const Phase& part : unit->stages) parts.push_back(part.name + " " + human(part.time));
    table.rows.push_back({unit->name, unit->version, figure_cell(unit->start), human(unit->wall),
                          cpu_cell(*unit), figure_cell(unit->peak_rss),
                          fmt::format("{}", fmt::join(parts, ", "))});
  }
  return table;
}

std::string title_of(const FlamegraphFile& graph) {
  const std::string what =
      graph.of == PhaseOf::build ? "build of " + graph.variant : graph.variant + " in " + graph.workload;
  return graph.differential ? what + ", against the baseline" : what;
}

}  // namespace

std::vector<std::string> traced_workloads(const Results& results) {
  std::vector<std::string> names;
  for (const RunPhases& run : results.phases.runtime)
    if (!run.phases.empty() && std::ranges::find(names, run.workload) == names.end())
      names.push_back(run.workload);
  return names;
}

std::string phases_part(const Page& page) {
  std::string html;
  const auto workloads = traced_workloads(page.results);
  for (std::size_t i = 0; i < workloads.size(); ++i)
    html += fmt::format("<h3>A run of {}</h3>\n", escaped_html(workloads[i])) +
            chart_element("run-phases", i, "Phases of a run of " + workloads[i]);
  if (std::ranges::any_of(page.results.phases.build, [](const auto& build) { return !build.phases.empty(); }))
    html += "<h3>A build</h3>\n" + chart_element("build-phases", 0, "Phases of a build");
  std::string tables;
  for (const Table& table : phase_tables(page.results, std::string::npos, Detail::full))
    tables += to_html_table(table);
  return tables.empty() ? "" : html + folded_part("Tables of phases, units and functions", tables);
}

std::string builds_part(const Page& page) {
  std::string tables;
  std::size_t left = page.limits.units;
  for (const BuildPhases& build : page.results.phases.build) {
    if (build.units.empty()) continue;
    const Table table = units_table(build, left);
    left -= table.rows.size();
    tables += shortened(table.rows.size(), build.units.size(), "units") + to_html_table(table);
  }
  if (tables.empty()) return "";
  return "<p>One bar for each call of a compiler, from its start on. Units of the critical path, which no "
         "number of cores "
         "makes shorter, have bold names.</p>\n" +
         chart_element("units", 0, "Units of a build by time") + folded_part("Tables of units", tables);
}

std::string flames_part(const Page& page) {
  if (page.results.flamegraphs.empty()) return "";
  std::string tables, missing;
  for (const FlamegraphFile& graph : page.results.flamegraphs) {
    const auto folded = page.stacks.find(graph.path);
    if (folded == page.stacks.end())
      missing += fmt::format("<li>{}: {} is not beside results.json</li>\n", escaped_html(title_of(graph)),
                             code_element(graph.path));
    else
      tables += to_html_table(hot_functions(folded->second, graph.differential, title_of(graph), 25));
  }
  if (!missing.empty()) missing = "<ul class=\"quiet\">\n" + missing + "</ul>\n";
  if (tables.empty()) return missing;
  return "<p>A frame is a function, as wide as the time that it and what it calls take. Select one to zoom "
         "in. In a graph "
         "against the baseline, orange takes more time than there and blue less.</p>\n" +
         chart_element("flames", 0, "Flame graph") +
         folded_part("Tables: functions that take the most", tables) + missing;
}

}  // namespace pgo_orch::report
