#pragma once
// Times the executables: one measurement a workload, with every entrant in every round.

#include <string>
#include <vector>

#include "orchestrator/time/contender.h"

namespace pgo_orch::orchestrator {

/// What timing found: a part of the results.
struct Timed {
  Rows rows;  ///< with the failures that timing saw
  measure::Measurements measurements;
  std::vector<report::Benchmark> benchmarks;
  std::vector<std::string> notes;
};

/// All measured workloads, each until all is known or the time is up, with the rounds of the resumed run.
/// Where the control measures differently from the baseline, the workload restarts once, with fresh copies.
/// `more_time`: what an earlier run measured to its end is measured on.
Timed time_programs(const Entrants& entrants, const std::vector<Workload>& workloads,
                    const Unfinished& earlier, bool more_time, const Stopwatch& stopwatch, Rows rows);

}  // namespace pgo_orch::orchestrator
