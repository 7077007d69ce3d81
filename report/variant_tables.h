#pragma once
// The tables of a run: a row for each variant, in the order of the file.

#include <string>
#include <vector>

#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

/// One table with everything if it is no wider than `width`, if need be without the changes of build time and
/// size. Else run_table() for each workload, and build_table().
std::vector<Table> tables_within(const Results& results, std::size_t width);

/// Run time, what it is against the baseline, and memory, in one workload.
Table run_table(const Results& results, const Benchmark& benchmark);

/// All workloads together (if there are several), build time, memory and size.
Table build_table(const Results& results);

/// What the words and marks of these tables mean, as far as they occur there.
std::vector<std::string> legend(const Results& results, const std::vector<Table>& tables, bool color);

}  // namespace pgo_orch::report
