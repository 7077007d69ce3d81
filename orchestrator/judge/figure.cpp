#include "orchestrator/judge/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pgo_orch::orchestrator {
namespace {

/// Of whole runs.
bool is_time(GoalMetric metric) {
  return metric == GoalMetric::runtime || metric == GoalMetric::cpu;
}

/// The workloads that a figure is about.
struct Chosen {
  std::vector<const Workload*> workloads;
  std::string missing;  ///< why the figure is not known
};

/// A figure without a workload needs all of them.
Chosen chosen_by(const Evidence& evidence, const Figure& figure) {
  Chosen chosen;
  for (const auto& workload : evidence.config.workloads) {
    if (figure.workload ? workload.name != *figure.workload : !workload.measured()) continue;
    const bool by_rounds = is_time(figure.metric) || figure.metric == GoalMetric::memory;
    if (by_rounds && !evidence.benchmark(workload.name))
      chosen.missing = fmt::format("'{}' was not measured", workload.name);
    chosen.workloads.push_back(&workload);
  }
  if (chosen.workloads.empty()) chosen.missing = "nothing was measured";
  return chosen;
}

bool is_about_builds(const Config& config, const Figure& figure) {
  return figure.metric == GoalMetric::build || figure.metric == GoalMetric::size ||
         (figure.metric == GoalMetric::phase && is_build_phase(config, figure.phase));
}

Known of_build(const Evidence& evidence, const Figure& figure, const Party& party, double alpha) {
  if (!party.out.empty()) return unknown(party.out);
  if (figure.metric == GoalMetric::size) return size_of(party);
  if (figure.metric == GoalMetric::build) return build_time(party, figure.scenario, alpha);
  return build_phase_time(evidence, figure.phase, party, alpha);
}

Known of_run(const Evidence& evidence, const Figure& figure, const std::string& workload, const Party& party,
             double alpha) {
  if (!party.out.empty()) return unknown(party.out);
  if (figure.metric == GoalMetric::runtime) return run_time(evidence, workload, party, alpha);
  if (figure.metric == GoalMetric::cpu) return cpu_time(evidence, workload, party, alpha);
  if (figure.metric == GoalMetric::memory) return peak_memory(evidence, workload, party, alpha);
  return phase_time(evidence, workload, phase_of(figure), party, alpha);
}

Known absolute(const Evidence& evidence, const Figure& figure, const Party& party, double alpha) {
  if (is_about_builds(evidence.config, figure)) return of_build(evidence, figure, party, alpha);
  const Chosen chosen = chosen_by(evidence, figure);
  if (!chosen.missing.empty()) return unknown(chosen.missing);
  if (chosen.workloads.size() == 1)
    return of_run(evidence, figure, chosen.workloads.front()->name, party, alpha);
  std::vector<Weighted> parts;
  std::vector<Known> sizes;
  for (const auto* workload : chosen.workloads) {
    Known known = of_run(evidence, figure, workload->name, party, alpha);
    sizes.push_back(known);
    parts.push_back({static_cast<double>(workload->weight), std::move(known)});
  }
  return figure.metric == GoalMetric::memory ? largest(sizes) : weighted_sum(parts);
}

Known transformed(Known known, double (*how)(double)) {
  for (auto* number : {&known.value, &known.lo, &known.hi})
    if (*number) *number = how(**number);
  return known;
}

/// The weighted geometric mean of the workloads' ratios. Against the baseline the results have a narrower
/// interval, of pairs.
Known combined_ratio(const Evidence& evidence, report::Metric metric, const Chosen& chosen,
                     const Party& party, const Party& to) {
  std::vector<Weighted> parts;
  double weights = 0;
  for (const auto* workload : chosen.workloads) weights += workload->weight;
  for (const auto* workload : chosen.workloads)
    parts.push_back({workload->weight / weights,
                     transformed(time_ratio(evidence, metric, workload->name, party, to), std::log)});
  const Known mean = transformed(weighted_sum(parts), std::exp);
  const auto same = compared(evidence, metric, std::nullopt, party, to);
  const bool whole = same && chosen.workloads.size() == evidence.results.benchmarks.size();
  return whole && mean.value && mean.reason.empty() ? *same : mean;
}

}  // namespace

Known figure_of(const Evidence& evidence, const Figure& figure, const std::string& party) {
  return absolute(evidence, figure, find_party(evidence, party), evidence.claim.alpha());
}

Known ratio_of(const Evidence& evidence, const Figure& figure, const std::string& party,
               const std::string& to) {
  const Party own = find_party(evidence, party), other = find_party(evidence, to);
  if (is_time(figure.metric)) {
    const auto metric = figure.metric == GoalMetric::cpu ? report::Metric::cpu : report::Metric::runtime;
    const Chosen chosen = chosen_by(evidence, figure);
    if (!chosen.missing.empty()) return unknown(chosen.missing);
    if (chosen.workloads.size() > 1) return combined_ratio(evidence, metric, chosen, own, other);
    return time_ratio(evidence, metric, chosen.workloads.front()->name, own, other);
  }
  // Of builds in rounds, where both are.
  if (figure.metric == GoalMetric::build && figure.scenario == BuildScenario::full && own.out.empty() &&
      other.out.empty() && evidence.results.builds)
    if (auto known = compared(evidence, report::Metric::build, std::nullopt, own, other)) return *known;
  if (party == to && own.out.empty()) return exactly(1);
  if (is_about_run_phases(evidence.config, figure) && own.out.empty() && other.out.empty())
    if (const Chosen chosen = chosen_by(evidence, figure); chosen.workloads.size() == 1)
      if (auto known =
              phase_time_ratio(evidence, chosen.workloads.front()->name, phase_of(figure), own, other))
        return *known;
  const double half = evidence.claim.alpha() / 2;
  return quotient(absolute(evidence, figure, own, half), absolute(evidence, figure, other, half));
}

std::optional<double> to_number(const std::optional<Limit>& limit) {
  if (!limit) return std::nullopt;
  if (const auto* time = std::get_if<Nanoseconds>(&*limit)) return seconds(*time);
  if (const auto* size = std::get_if<Bytes>(&*limit)) return static_cast<double>(size->count);
  return std::get<double>(*limit);
}

measure::Unit unit_of(GoalMetric metric) {
  return metric == GoalMetric::size || metric == GoalMetric::memory ? measure::Unit::bytes
                                                                    : measure::Unit::seconds;
}

int claims_of(const Questions& questions, std::size_t variants, std::size_t workloads) {
  std::size_t claims = 0;
  const auto add = [&](const Figure& figure, std::size_t intervals) {
    if (figure.metric == GoalMetric::size) return;
    const bool of_one = figure.workload || figure.metric == GoalMetric::build;
    claims += intervals * (figure.variant == "best" ? std::max<std::size_t>(1, variants) : 1) *
              (of_one ? 1 : std::max<std::size_t>(1, workloads));
  };
  for (const auto& goal : questions.goals) add(goal, 1);
  for (const auto& decision : questions.decisions) {
    const auto ratios = std::ranges::count_if(decision.bands, &Band::is_ratio);
    const bool both = ratios > 0 && ratios < std::ssize(decision.bands);
    add(decision, both ? 2 : 1);
  }
  return static_cast<int>(claims);
}

std::optional<int> more_rounds(const Evidence& evidence, const Known& known, double edge) {
  if (known.logs.size() < 3 || !known.value || *known.value <= 0 || edge <= 0) return std::nullopt;
  measure::Differences differences;
  for (std::size_t i = 0; i < known.logs.size(); ++i)
    differences.emplace(static_cast<int>(i) + 1, known.logs[i] - std::log(edge));
  auto claim = evidence.claim;
  claim.precision = 0;  // only the side of the edge matters
  const auto needed = measure::rounds_to_resolve(differences, std::log(*known.value / edge), claim);
  if (!needed) return std::nullopt;
  const int had = static_cast<int>(known.logs.size());
  return std::max(static_cast<int>(std::ceil(known.rounds_factor * *needed)) - had, (had + 1) / 2);
}

}  // namespace pgo_orch::orchestrator
