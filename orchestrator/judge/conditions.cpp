#include "orchestrator/judge/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/config/find.h"
#include "orchestrator/judge/figure.h"
#include "report/humanize.h"
#include "report/text.h"

namespace pgo_orch::orchestrator {

using report::ConditionResult;
using report::Phase;

namespace {

/// What was found of a phase, or why nothing was.
struct Found {
  const Phase* phase = nullptr;
  measure::Interval interval;
  std::string missing;
};

/// With their parts.
std::vector<const Phase*> flattened(const std::vector<Phase>& phases) {
  std::vector<const Phase*> all;
  for (const auto& phase : phases) {
    all.push_back(&phase);
    std::ranges::copy(flattened(phase.parts), std::back_inserter(all));
  }
  return all;
}

const Phase* find_phase(const std::vector<Phase>& phases, const std::string& name) {
  const auto all = flattened(phases);
  const auto* found = find_by(all, &Phase::name, name);
  return found ? *found : nullptr;
}

std::string no_such_phase(const std::string& what, const std::vector<Phase>& phases) {
  std::vector<std::string> names;
  for (const auto* phase : flattened(phases))
    if (!contains(names, phase->name)) names.push_back(phase->name);
  return fmt::format("{} has no such phase (it has {})", what, report::join_words(names));
}

/// Among phases, else among groups. `what` has them.
Found find_in(const std::vector<Phase>* phases, const std::string& unavailable,
              const report::GroupShares* groups, const std::string& name, const std::string& what) {
  Found found;
  if (phases) found.phase = find_phase(*phases, name);
  if (!found.phase && groups) found.phase = find_phase(groups->groups, name);
  if (found.phase) return found;
  if (phases && !phases->empty())
    found.missing = no_such_phase(what, *phases);
  else
    found.missing =
        fmt::format("the phases of {} are not known{}", what, unavailable.empty() ? "" : ": " + unavailable);
  if (groups && !groups->unavailable.empty()) found.missing += "; " + groups->unavailable;
  return found;
}

Found find_in_run(const Condition& condition, const ConditionEvidence& evidence, const std::string& workload,
                  bool as_share) {
  const Party baseline{.name = evidence.baseline, .measured_as = evidence.baseline};
  const auto* run = phases_of(evidence.phases, workload, baseline);
  const std::string not_looked = fmt::format(
      "they need a run that times '{}', without --quick or phases = false in [measure]", workload);
  Found found = find_in(run ? &run->phases : nullptr, run ? run->unavailable : not_looked,
                        groups_of(evidence.groups, PhaseOf::run, workload, evidence.baseline),
                        condition.phase, fmt::format("the run of '{}' in '{}'", evidence.baseline, workload));
  for (std::size_t i = 0; run && i < std::min(run->phases.size(), run->samples.size()); ++i)
    if (&run->phases[i] == found.phase && !run->samples[i].empty())
      found.interval = interval_of_phase(*run, i, as_share, 0.05);
  return found;
}

Found find_in_build(const Condition& condition, const ConditionEvidence& evidence) {
  const auto* build = find_by(evidence.phases.build, &report::BuildPhases::variant, evidence.baseline);
  return find_in(build ? &build->phases : nullptr,
                 build ? build->unavailable : "they need a run without phases = false in [build]",
                 groups_of(evidence.groups, PhaseOf::build, "", evidence.baseline), condition.phase,
                 fmt::format("the build of '{}'", evidence.baseline));
}

std::string sentence(const ConditionResult& condition, const measure::Interval& interval) {
  std::string text =
      fmt::format("{} takes {}, the condition requires {} than {}", condition.phase,
                  report::figure_text(*condition.value, condition.unit), condition.above ? "more" : "less",
                  report::figure_text(*condition.limit, condition.unit));
  const bool spans =
      interval.bounded() && *interval.lo <= *condition.limit && *interval.hi >= *condition.limit;
  if (spans)
    text += fmt::format(" (decided by the median: the interval {} includes this limit)",
                        report::interval_text(std::nullopt, interval.lo, interval.hi, condition.unit));
  return text;
}

}  // namespace

ConditionResult evaluate(const OwnedCondition& owned, const ConditionEvidence& evidence) {
  const Condition& condition = owned.condition;
  const auto& limit = condition.above ? condition.above : condition.below;
  const bool as_share = limit && std::holds_alternative<double>(*limit);
  ConditionResult result;
  result.owner = owned.variant;
  result.of = condition.of;
  result.phase = condition.phase;
  result.limit = to_number(limit);
  result.unit = as_share ? measure::Unit::share : measure::Unit::seconds;
  result.above = condition.above.has_value();
  if (condition.of == PhaseOf::run)
    result.workload =
        condition.workload.value_or(evidence.workloads.empty() ? "" : evidence.workloads.front());
  const Found found = condition.of == PhaseOf::run
                          ? find_in_run(condition, evidence, result.workload, as_share)
                          : find_in_build(condition, evidence);
  if (!found.phase) {
    result.reason = fmt::format("the condition on {} cannot be checked: {}", condition.phase, found.missing);
    return result;
  }
  result.value = as_share ? found.phase->share : seconds(found.phase->time);
  result.holds = result.above ? *result.value > *result.limit : *result.value < *result.limit;
  result.reason = sentence(result, found.interval);
  return result;
}

std::optional<ConditionResult> condition_of(const Variants& variants, std::size_t index,
                                            const ConditionEvidence& evidence) {
  std::optional<ConditionResult> last;
  for (const auto& condition : conditions_of(variants, index)) {
    last = evaluate(condition, evidence);
    if (!last->holds) return last;
  }
  return last;
}

}  // namespace pgo_orch::orchestrator
