#pragma once
// The timed rounds of a run: every workload, all variants that are to be timed.

#include "orchestrator/build/matrix_build.h"
#include "orchestrator/time/measure_stage.h"

namespace pgo_orch::orchestrator {

/// The variants that are ok, each code once.
std::vector<Candidate> candidates(const std::vector<report::VariantResult>& rows, const MatrixBuild& matrix);

/// Times them, fills `benchmarks` and the rows of those that fail meanwhile. `more_time`: what an earlier run
/// has measured to its end is measured on.
measure::Measurements time_programs(const std::vector<Workload>& workloads, const MatrixBuild& matrix,
                                    const Unfinished& earlier, bool more_time, const Stopwatch& stopwatch,
                                    report::Results& results);

}  // namespace pgo_orch::orchestrator
