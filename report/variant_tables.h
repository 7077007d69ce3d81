#pragma once
// The tables of a run: a row for each variant, in the order of the file.

#include <string>
#include <vector>

#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

/// One table with everything if it is no wider than `columns`, if need be without the changes of build time
/// and size. Else separate_tables().
std::vector<Table> tables_within(const Results& results, std::size_t columns);

/// One for each workload, one for all workloads together if there are several, one for the builds.
std::vector<Table> separate_tables(const Results& results);

/// What the words and marks of these tables mean, as far as they occur there.
std::vector<std::string> legend(const Results& results, const std::vector<Table>& tables, bool color);

}  // namespace pgo_orch::report
