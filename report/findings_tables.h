#pragma once
// What is said of goals, decisions, phases, references and code: tables, and sentences below them.

#include <vector>

#include "report/details.h"
#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

/// brief: for a terminal that shows a comparison; single functions are left to the report.
enum class Detail { brief, full };

/// Goals, references, phases of runs and of builds, groups of functions, evidence about code; only
/// what there is. No wider than `columns`, as far as their texts allow. The texts are printable.
std::vector<Table> findings_tables(const Results& results, std::size_t columns, Detail detail = Detail::full);

/// The same in parts.
std::vector<Table> verdict_tables(const Results& results, std::size_t columns);
std::vector<Table> phase_tables(const Results& results, Detail detail = Detail::full);
std::vector<Table> code_tables(const Results& results);

/// Decisions, goals that are open and why, open gates, what a cut of a phase is worth, what must be known
/// about the phases.
std::vector<Section> findings_details(const Results& results);

}  // namespace pgo_orch::report
