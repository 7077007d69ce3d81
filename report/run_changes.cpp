#include "report/run_changes.h"

#include <fmt/format.h>

#include "report/cells.h"
#include "report/formats.h"

namespace pgo_orch::report {

std::string title_of(const RunChanges& changes) {
  return fmt::format("{} against {}", changes.after, changes.before);
}

Table run_changes_table(const std::vector<Comparison>& runs, double confidence) {
  Table table;
  table.title = "run time";
  table.columns = {{"variant", Align::left},
                   {"workload", Align::left},
                   {"change", Align::left},
                   {fmt::format("{:.4g} % interval", 100 * confidence), Align::left}};
  for (const auto& change : runs)
    table.rows.push_back({{change.variant},
                          {change.workload.value_or("all together")},
                          verdict_cell(&change),
                          interval_cell(&change)});
  return table;
}

std::vector<Table> tables_of(const RunChanges& changes) {
  std::vector<Table> tables;
  if (!changes.runs.empty()) tables.push_back(run_changes_table(changes.runs, changes.confidence));
  if (!changes.builds.empty()) tables.push_back(build_changes_table(changes.builds));
  return tables;
}

std::string to_markdown(const RunChanges& changes) {
  auto text = fmt::format("# {}\n\n", title_of(changes));
  for (const auto& remark : changes.remarks) text += remark + "\n\n";
  for (const auto& table : tables_of(changes)) text += to_markdown(table);
  return text;
}

}  // namespace pgo_orch::report
