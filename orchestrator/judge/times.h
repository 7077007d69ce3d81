#pragma once
// Times, memory and sizes that goals and decisions are about. Every interval may err with probability
// `alpha`.

#include <string>

#include "orchestrator/judge/known.h"
#include "orchestrator/judge/party.h"

namespace pgo_orch::orchestrator {

/// The median of the workload's rounds, in seconds, with an interval of order statistics
/// (measure/statistics/quantile_interval.h) at the latest look (measure/statistics/looks.h), so that it holds
/// whenever the rounds ended. A run that was stopped at the cap is longer than all others. Where a copy of
/// the baseline is told apart from it, the interval is wider by as much.
Known run_time(const Evidence& evidence, const std::string& workload, const Party& party, double alpha);

/// The median of the runs' peak memory, in bytes, likewise.
Known peak_memory(const Evidence& evidence, const std::string& workload, const Party& party, double alpha);

/// What the party takes as a share of what `to` takes, in the rounds that both have, as comparisons are made
/// (measure/statistics/verdict.h); against the baseline it is the comparison that stands in the results.
Known run_time_ratio(const Evidence& evidence, const std::string& workload, const Party& party,
                     const Party& to);

/// Seconds, the median of the builds in the scenario. Their number is fixed beforehand: no looks.
Known build_time(const Party& party, BuildScenario scenario, double alpha);

/// Of builds in rounds against the baseline; no value where there is no such comparison.
std::optional<Known> build_ratio(const Evidence& evidence, const Party& party, const Party& to);

/// Bytes of all its programs: exact.
Known size_of(const Party& party);

/// The comparison of the party with `to` in the results, as a ratio; no value if there is none, or it has no
/// effect. Without a workload: of all together.
std::optional<Known> compared(const Evidence& evidence, report::Metric metric,
                              const std::optional<std::string>& workload, const Party& party,
                              const Party& to);

}  // namespace pgo_orch::orchestrator
