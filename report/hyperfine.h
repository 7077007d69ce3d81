#pragma once
// The run times as `hyperfine --export-json` writes them, for the tools and scripts that read that.

#include <string>

#include "report/results.h"

namespace pgo_orch::report {

/// hyperfine 1.20's BenchmarkResult (src/benchmark/benchmark_result.rs), a result for each variant and
/// workload. `command`, which its plots use as the label, is the variant's name, with the workload's if there
/// are several, as with hyperfine's --command-name; `parameters` has both. Variants that were not timed are
/// left out.
std::string to_hyperfine(const Results& results);

}  // namespace pgo_orch::report
