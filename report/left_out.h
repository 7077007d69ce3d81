#pragma once
// What variants gain without training with a workload (`leave-one-out`).

#include <vector>

#include "report/details.h"
#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

/// A table for each variant that was also trained without each of its workloads: its gain over the baseline
/// by what was left out and what it is judged on. A wide one is a list instead. None if nothing was timed.
std::vector<Table> left_out_tables(const Results& results, std::size_t columns);

/// For each of these variants how much of its gain is there without training with what it is judged on; then
/// what was not built, if they were.
std::vector<Entry> about_overfitting(const Results& results);

}  // namespace pgo_orch::report
