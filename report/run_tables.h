#pragma once
// The tables of a run: variants, in the order of the file, then goals, phases, references and code.

#include <string>
#include <vector>

#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

/// A row for each variant: one table with everything if it is no wider than `columns`, if need be without the
/// changes of build time and size, and without memory. Several workloads: a table with their run times and
/// what holds over all of them, then one of the builds. Else separate_tables().
std::vector<Table> tables_within(const Results& results, std::size_t columns);

/// One for each workload, one for all workloads if there are several, one for the builds.
std::vector<Table> separate_tables(const Results& results);

/// Explains the words and marks that occur in these tables.
std::vector<std::string> legend(const Results& results, const std::vector<Table>& tables, bool color);

/// asked: only what pgo.toml asks about; brief: for a terminal that shows a comparison, with phases; single
/// functions are left to the report.
enum class Detail { asked, brief, full };

/// The tables that have rows: goals, references, phases of runs and of builds, groups of functions, evidence
/// about code. No wider than `columns` where clipping the names in the first column is enough for that.
std::vector<Table> findings_tables(const Results& results, std::size_t columns, Detail detail = Detail::full);

/// Those of phases and groups of functions.
std::vector<Table> phase_tables(const Results& results, std::size_t columns, Detail detail);

}  // namespace pgo_orch::report
