#pragma once
// Single figures of a run as cells of a table. An empty cell: there is no such figure.

#include <optional>

#include "report/humanize.h"
#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

/// `best`: of its column.
template <class Figure>
Cell figure_cell(const std::optional<Figure>& figure, bool best = false) {
  if (!figure) return {};
  return {human(*figure), best ? Tone::good : Tone::plain, best};
}

Cell run_time_cell(const Samples* samples, bool best);  ///< median
Cell memory_cell(const Samples* samples, bool best);    ///< median
Cell cpu_cell(const measure::CompiledUnit& unit);
Cell build_time_cell(const std::optional<Build>& build, bool best = false);

/// "12.0 % faster", "equivalent (-0.1 %)", "unresolved (-0.8 %)", ...; "12.0 % faster (CPU)" of CPU time.
Cell verdict_cell(const Comparison* comparison);

/// Behind it: "[11.1, 12.8]" in the direction that verdict_cell() names, "[-0.4, +0.2]" where it names none,
/// "…" on a side that is open.
Cell interval_cell(const Comparison* comparison);

/// "+53.1 %", for build times and sizes.
Cell change_cell(const Comparison* comparison);

/// Why there are no figures: "failed: exit code 101 in stage instrumented", "same code as fat", ...
Cell reason_cell(const VariantResult& variant, std::size_t span);

}  // namespace pgo_orch::report
