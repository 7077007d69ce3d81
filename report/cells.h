#pragma once
// Single figures of a run as cells of a table. An empty cell: there is no such figure.

#include <string>
#include <vector>

#include "report/lookup.h"
#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

Cell text_cell(const std::string& text, Tone tone = Tone::plain);
Cell name_cell(const VariantResult& variant);
Cell run_time_cell(const Samples* samples, bool best);  ///< median
Cell memory_cell(const Samples* samples, bool best);    ///< median
Cell build_time_cell(const VariantResult& variant, bool best);
Cell build_memory_cell(const VariantResult& variant);
Cell size_cell(const VariantResult& variant, bool best);

/// "12.0 % faster", "equivalent (-0.1 %)", "unresolved (-0.8 %)", ...
Cell verdict_cell(const Comparison* comparison);

/// Behind it: "[11.1, 12.8]" in the direction that verdict_cell() names, "[-0.4, +0.2]" where it names none,
/// "…" on a side that is open.
Cell interval_cell(const Comparison* comparison);

/// "+53.1 %", for build times and sizes.
Cell change_cell(const Comparison* comparison);

/// Why there are no figures: "failed: exit code 101 in stage instrumented", "same code as fat", ...
Cell reason_cell(const VariantResult& variant, std::size_t span);

/// Over all figures of the run time, which have no samples of their own.
bool has_no_run_time(const VariantResult& variant);

bool contains(const std::vector<std::string>& names, const std::string& name);

}  // namespace pgo_orch::report
