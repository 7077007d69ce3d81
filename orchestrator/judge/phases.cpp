#include "orchestrator/judge/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "measure/statistics/intervals.h"
#include "orchestrator/config/find.h"

namespace pgo_orch::orchestrator {

using report::GroupShares;
using report::RunPhases;

namespace {

std::string why_none(const RunPhases* tried, const std::string& workload, const Party& party) {
  const std::string why = tried && !tried->unavailable.empty() ? ": " + tried->unavailable : "";
  return fmt::format("the phases of '{}' in '{}' were not measured{}", party.name, workload, why);
}

const PhaseGroup* group_named(const Config& config, const std::string& name, PhaseOf of) {
  const auto& groups = config.questions.groups;
  const auto found =
      std::ranges::find_if(groups, [&](const auto& each) { return each.name == name && each.of == of; });
  return found == groups.end() ? nullptr : &*found;
}

/// A group's fraction of the samples.
Known group_share(const Evidence& evidence, PhaseOf of, const std::string& workload, const std::string& name,
                  const Party& party, double alpha) {
  const auto* shares =
      party.reference ? nullptr : groups_of(evidence.results.groups, of, workload, party.measured_as);
  if (!shares) return unknown(fmt::format("the functions of '{}' were not sampled", party.name));
  const auto* group = find_by(shares->groups, &report::Phase::name, name);
  if (!group)
    return unknown(shares->unavailable.empty() ? fmt::format("no group '{}' was sampled", name)
                                               : shares->unavailable);
  if (shares->unit != "samples" || shares->total <= 0) {
    Known known = unknown(fmt::format("{} were counted ({}), not time", shares->unit, shares->source));
    known.value = group->share;
    return known;
  }
  const auto hits = std::llround(group->share * static_cast<double>(shares->total));
  if (hits == 0)
    return unknown(
        fmt::format("none of {} samples was in a function of '{}': does its pattern name any? "
                    "`pgo-orch analyze` lists the functions",
                    shares->total, name));
  return known_within(group->share, measure::proportion_interval(hits, shares->total, alpha));
}

}  // namespace

const GroupShares* groups_of(const std::vector<GroupShares>& all, PhaseOf of, const std::string& workload,
                             const std::string& variant) {
  const auto found = std::ranges::find_if(all, [&](const GroupShares& each) {
    return each.of == of && each.workload == workload && each.variant == variant;
  });
  return found == all.end() ? nullptr : &*found;
}

bool is_build_phase(const Config& config, const std::string& phase) {
  static constexpr std::string_view of_runs[] = {"startup", "init", "compute", "shutdown"};
  if (group_named(config, phase, PhaseOf::build)) return true;
  return !contains(of_runs, phase) && !group_named(config, phase, PhaseOf::run);
}

bool is_about_run_phases(const Config& config, const Figure& figure) {
  switch (figure.metric) {
    case GoalMetric::startup:
    case GoalMetric::init:
    case GoalMetric::compute:
    case GoalMetric::shutdown:
      return true;
    case GoalMetric::phase:
      return !is_build_phase(config, figure.phase);
    default:
      return false;
  }
}

std::string phase_of(const Figure& figure) {
  return figure.metric == GoalMetric::phase ? figure.phase : to_word(figure.metric);
}

const RunPhases* phases_of(const report::Phases& phases, const std::string& workload, const Party& party) {
  const auto found = std::ranges::find_if(phases.runtime, [&](const RunPhases& each) {
    return each.workload == workload &&
           (party.reference ? each.reference : each.variant) == party.measured_as;
  });
  return found == phases.runtime.end() ? nullptr : &*found;
}

measure::Interval interval_of_phase(const RunPhases& phases, std::size_t index, bool as_share, double alpha) {
  std::vector<double> values;
  for (std::size_t run = 0; run < phases.samples[index].size(); ++run) {
    double total = 0;
    for (const auto& of_phase : phases.samples)
      if (run < of_phase.size()) total += seconds(of_phase[run]);
    const double own = seconds(phases.samples[index][run]);
    values.push_back(!as_share ? own : total > 0 ? own / total : 0);
  }
  return measure::median_interval(std::move(values), alpha);
}

Known phase_time(const Evidence& evidence, const std::string& workload, const std::string& phase,
                 const Party& party, double alpha) {
  if (group_named(evidence.config, phase, PhaseOf::run)) {
    return product(group_share(evidence, PhaseOf::run, workload, phase, party, alpha / 2),
                   run_time(evidence, workload, party, alpha / 2));
  }
  const auto* phases = phases_of(evidence.results.phases, workload, party);
  if (!phases || phases->phases.empty()) return unknown(why_none(phases, workload, party));
  const auto* found = find_by(phases->phases, &report::Phase::name, phase);
  if (!found) return unknown(fmt::format("'{}' has no phase '{}' in '{}'", party.name, phase, workload));
  const auto index = static_cast<std::size_t>(found - phases->phases.data());
  measure::Interval interval;
  if (index < phases->samples.size() && !phases->samples[index].empty())
    interval = interval_of_phase(*phases, index, false, alpha);
  Known known = known_within(seconds(found->time), interval);
  if (!known.bounded())
    known.reason = fmt::format("{} runs were traced: an interval needs {}", phases->runs,
                               measure::runs_for_median(alpha));
  return known;
}

std::optional<Known> phase_time_ratio(const Evidence& evidence, const std::string& workload,
                                      const std::string& phase, const Party& party, const Party& to) {
  const auto* own = phases_of(evidence.results.phases, workload, party);
  const auto* other = phases_of(evidence.results.phases, workload, to);
  if (!own || !other) return std::nullopt;
  auto ratio = measure::phase_ratio(*other, *own, phase, evidence.claim.alpha());
  if (!ratio) return std::nullopt;
  for (auto* bound : {&ratio->lo, &ratio->hi})
    if (*bound) *bound = std::exp(**bound);
  Known known = known_within(std::exp(ratio->estimate), *ratio);
  if (!known.bounded())
    known.reason = fmt::format("{} runs were traced, which is too few for an interval", own->runs);
  return known;
}

Known build_phase_time(const Evidence& evidence, const std::string& phase, const Party& party, double alpha) {
  if (group_named(evidence.config, phase, PhaseOf::build)) {
    return product(group_share(evidence, PhaseOf::build, "", phase, party, alpha / 2),
                   build_time(party, BuildScenario::full, alpha / 2));
  }
  const auto* build =
      find_by(evidence.results.phases.build, &report::BuildPhases::variant, party.measured_as);
  if (!build || build->phases.empty())
    return unknown(fmt::format("the phases of the build of '{}' were not measured", party.name));
  const auto* found = find_by(build->phases, &report::Phase::name, phase);
  if (!found) return unknown(fmt::format("the build of '{}' has no phase '{}'", party.name, phase));
  return {.value = seconds(found->time), .reason = "only one build was traced: no interval"};
}

}  // namespace pgo_orch::orchestrator
