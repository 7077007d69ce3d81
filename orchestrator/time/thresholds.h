#pragma once
// What the questions of pgo.toml ask of a race.

#include <vector>

#include "measure/rounds/race.h"
#include "orchestrator/build/entrant.h"

namespace pgo_orch::orchestrator {

/// The thresholds of goals, decisions and guards about the time or CPU time of one workload, whose contenders
/// these are, the baseline at `baseline`. Questions about several workloads together have none: no workload
/// can answer them by itself.
std::vector<measure::Threshold> thresholds_of(const Workload& workload, const Entrants& entrants,
                                              std::size_t baseline, const Config& config);

/// Whether a goal or decision names it.
bool is_asked_for(const std::string& name, const Questions& questions);

}  // namespace pgo_orch::orchestrator
