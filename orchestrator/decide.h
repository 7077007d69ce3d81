#pragma once
// From raw times to comparisons, the best of each metric, and a sentence.

#include <map>
#include <string>
#include <vector>

#include "measure/rounds.h"
#include "orchestrator/config.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Everything that was timed: workload -> its series.
using Measurements = std::map<std::string, measure::Measured>;

/// Fills `comparisons`, `best` and `recommendation`. The confidence holds for all run-time claims together:
/// each variant in each workload, and in all together where there are several.
void decide(const Config& config, const Measurements& measurements, report::Results& results);

}  // namespace pgo_orch::orchestrator
