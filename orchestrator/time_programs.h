#pragma once
// The timed rounds of a run: every workload, all variants that are to be timed.

#include "orchestrator/matrix_build.h"
#include "orchestrator/measure_stage.h"
#include "orchestrator/run.h"
#include "orchestrator/standings.h"

namespace pgo_orch::orchestrator {

/// The variants that are ok, each code once.
std::vector<Candidate> candidates(const std::vector<report::VariantResult>& rows, const MatrixBuild& matrix);

/// How long, on which CPUs and in which order this run times. References are still to be set.
Stopwatch stopwatch_of(const RunOptions& options, const Unfinished& earlier, const measure::Claim& claim,
                       const Workshop& workshop, measure::Sampler& sampler);

/// Times them, fills `benchmarks` and the rows of those that fail meanwhile. `more_time`: what an earlier run
/// has measured to its end is measured on.
Measurements time_programs(const std::vector<Workload>& workloads, const MatrixBuild& matrix,
                           const Unfinished& earlier, bool more_time, const Stopwatch& stopwatch,
                           report::Results& results);

}  // namespace pgo_orch::orchestrator
