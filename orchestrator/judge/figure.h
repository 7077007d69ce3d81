#pragma once
// The figures that goals, decisions and conditions are about. Every interval may err with probability
// `alpha`.

#include <optional>
#include <string>

#include "orchestrator/judge/evidence.h"

namespace pgo_orch::orchestrator {

/// A goal's figure: seconds, or bytes. Without a workload it is about all of them: the weighted sum of times
/// (of running each once, if no weights are given), the largest memory.
Known figure_of(const Evidence& evidence, const Figure& figure, const std::string& party);

/// As a fraction of what `to`, a variant or a reference, takes: run and CPU times in the rounds that both
/// have, all workloads together as the weighted geometric mean, as in comparisons; anything else as the
/// quotient of both figures, with the interval that both intervals imply.
Known ratio_of(const Evidence& evidence, const Figure& figure, const std::string& party,
               const std::string& to);

/// Seconds, bytes or a fraction.
std::optional<double> to_number(const std::optional<Limit>& limit);

/// Seconds or bytes.
measure::Unit unit_of(GoalMetric metric);

/// How many intervals the goals and decisions are about, each a claim that may err: with `variant = "best"`
/// any of the variants may turn out to be it.
int claims_of(const Questions& questions, std::size_t variants, std::size_t workloads);

/// About how many more rounds it takes until the interval excludes `edge`; no value: not known.
std::optional<int> more_rounds(const Evidence& evidence, const Known& known, double edge);

// ---- times, memory and sizes of a party that is not out (times.cpp) ----

/// The median of the workload's rounds, in seconds, with an interval of order statistics
/// (measure/statistics/intervals.h) at the latest look (measure/statistics/verdict.h), so that it holds
/// whenever the rounds ended. A run that was stopped at the cap counts as longer than all others. If a copy
/// of the baseline measured differently from it, the interval is wider by as much.
Known run_time(const Evidence& evidence, const std::string& workload, const Party& party, double alpha);

/// CPU time, of user and system together, likewise.
Known cpu_time(const Evidence& evidence, const std::string& workload, const Party& party, double alpha);

/// The median of the runs' peak memory, in bytes, with the same kind of interval.
Known peak_memory(const Evidence& evidence, const std::string& workload, const Party& party, double alpha);

/// Of run time or CPU time, in the rounds that both have, as comparisons are made
/// (measure/statistics/verdict.h); against the baseline it is the comparison in the results.
Known time_ratio(const Evidence& evidence, report::Metric metric, const std::string& workload,
                 const Party& party, const Party& to);

/// Seconds, the median of the builds in the scenario. Their number is fixed beforehand: no looks.
Known build_time(const Party& party, BuildScenario scenario, double alpha);

/// Bytes of all its programs: exact.
Known size_of(const Party& party);

/// The comparison of the party with `to` in the results, as a ratio; no value if there is none, or it has no
/// effect. Without a workload: of all together.
std::optional<Known> compared(const Evidence& evidence, report::Metric metric,
                              const std::optional<std::string>& workload, const Party& party,
                              const Party& to);

// ---- phases of one that is not out (phases.cpp) ----

/// Seconds of a phase of the party's runs: the median of the traced runs with its interval of order
/// statistics. Of a [[phase]] group with `of = "run"`: its fraction of the samples, with the interval of
/// Clopper and Pearson, times the median run. (Samples of one run are not quite independent of each other.)
Known phase_time(const Evidence& evidence, const std::string& workload, const std::string& phase,
                 const Party& party, double alpha);

/// The same of a build: a group with `of = "build"`, times the median clean build, or a phase of the one
/// build that was traced, which has no interval.
Known build_phase_time(const Evidence& evidence, const std::string& phase, const Party& party, double alpha);

/// Whether the phase is one of builds: neither a phase of runs, nor a group of functions of them.
bool is_build_phase(const Config& config, const std::string& phase);

/// Whether the figure is of a phase of runs, or of a group of their functions.
bool is_about_run_phases(const Config& config, const Figure& figure);

/// The phase that such a figure is of.
std::string phase_of(const Figure& figure);

/// A phase of runs of one workload as a fraction of what `to` takes, in the rounds in which both were traced;
/// no value: there are none, or it is a group.
std::optional<Known> phase_time_ratio(const Evidence& evidence, const std::string& workload,
                                      const std::string& phase, const Party& party, const Party& to);

/// Null: its functions were not sampled.
const report::GroupShares* groups_of(const std::vector<report::GroupShares>& all, PhaseOf of,
                                     const std::string& workload, const std::string& variant);

/// The phases of the party's runs in the workload, if there are any.
const report::RunPhases* phases_of(const report::Phases& phases, const std::string& workload,
                                   const Party& party);

/// The median over runs of the phase at `index`, or, with `as_share`, of its fraction of each run; bounded
/// only if there are enough samples. Needs samples.
measure::Interval interval_of_phase(const report::RunPhases& phases, std::size_t index, bool as_share,
                                    double alpha);

}  // namespace pgo_orch::orchestrator
