#pragma once
// Phases that goals and decisions are about. Every interval may err with probability `alpha`.

#include <optional>
#include <string>

#include "orchestrator/judge/known.h"
#include "orchestrator/judge/party.h"

namespace pgo_orch::orchestrator {

/// Seconds of a phase of the party's runs: the median of the traced runs with its interval of order
/// statistics. Of a [[phase]] group with `of = "run"`: its share of the samples, with the interval of Clopper
/// and Pearson, times the median run. (Samples of one run are not quite independent of each other.)
Known phase_time(const Evidence& evidence, const std::string& workload, const std::string& phase,
                 const Party& party, double alpha);

/// The same of a build: a group with `of = "build"`, times the median clean build, or a phase as it was in
/// the one build that was watched, which has no interval.
Known build_phase_time(const Evidence& evidence, const std::string& phase, const Party& party, double alpha);

/// Whether a goal on this phase is about builds: it is no phase of runs, and no group of functions of them.
bool is_build_phase(const Config& config, const std::string& phase);

/// The phases of the party's runs in the workload, if there are any.
const report::RunPhases* phases_of(const report::Phases& phases, const std::string& workload,
                                   const Party& party);

/// The median over runs of the phase at `index`, or, with `as_share`, of its share of each run; bounded only
/// if there are samples enough. Needs samples.
measure::Interval interval_of_phase(const report::RunPhases& phases, std::size_t index, bool as_share,
                                    double alpha);

}  // namespace pgo_orch::orchestrator
