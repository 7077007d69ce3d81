// Run time against build time and size.

#include <fmt/format.h>

#include <algorithm>

#include "report/cells.h"
#include "report/html/markup.h"
#include "report/html/page.h"

namespace pgo_orch::report {

std::string trade_part(const Page& page) {
  Table table{"Run time, build time and size"};
  table.columns = {
      {"variant", Align::left}, {"vs baseline", Align::left}, {"build time"}, {"size"}, {"", Align::left}};
  const auto& pareto = page.results.best.pareto;
  std::size_t rows = 0;
  for (const Shown& shown : page.shown) {
    const Comparison* compared = page.verdict_of(shown.name);
    if (!shown.variant || (!page.is_baseline(shown) && (!compared || !compared->effect))) continue;
    if (++rows > page.limits.charted) continue;
    const bool kept = std::ranges::find(pareto, shown.name) != pareto.end();
    table.rows.push_back({shown.name, compared ? verdict_cell(compared) : Cell("baseline", Tone::quiet),
                          build_time_cell(shown.variant->build), figure_cell(total_size(*shown.variant)),
                          Cell(kept ? "no other is better in all" : "", Tone::quiet)});
  }
  if (rows < 2) return "";
  return "<p>Below and to the left is better: a faster program, built faster or smaller. No other "
         "variant is better than a blue one in run time, build time and size at once.</p>\n" +
         chart_element("trade", 0, "Run time against the baseline by build time or size") +
         folded_part(
             "Table: " + table.title,
             shortened(table.rows.size(), rows, "variants, the fastest first") + to_html_table(table));
}

}  // namespace pgo_orch::report
