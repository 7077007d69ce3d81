#include <fmt/format.h>

#include <cmath>

#include "measure/statistics/statistics.h"
#include "orchestrator/config/find.h"
#include "orchestrator/judge/figure.h"
#include "orchestrator/judge/judge.h"
#include "report/humanize.h"

namespace pgo_orch::orchestrator {

using measure::Part;
using report::Amdahl;
using report::GoalResult;

namespace {

/// What a run or a build takes, and its parts.
struct Whole {
  PhaseOf of = PhaseOf::run;
  std::string workload;
  std::string variant;
  double total = 0;  ///< seconds
  std::vector<Part> parts;
  double split = 0;  ///< what the run or build took that was split into the parts
};

std::vector<Part> parts_of(const std::vector<report::Phase>& phases) {
  std::vector<Part> parts;
  for (const auto& phase : phases) parts.push_back({phase.name, phase.share});
  return parts;
}

void add_part(std::vector<Part>& parts, const std::string& name, double seconds) {
  if (auto* found = find_by(parts, &Part::name, name))
    found->share += seconds;
  else
    parts.push_back({name, seconds});
}

/// The run, or all workloads' runs in a row; without parts if the phases of one are not known.
Whole whole_run(const Evidence& evidence, const Figure& figure, const std::string& name) {
  const Party party = find_party(evidence, name);
  Whole whole{PhaseOf::run, figure.workload.value_or(""), name, 0, {}};
  for (const auto& workload : evidence.config.workloads) {
    if (figure.workload ? workload.name != *figure.workload : !workload.measured()) continue;
    const auto* phases = phases_of(evidence.results.phases, workload.name, party);
    auto time = figure_of(evidence, {.metric = GoalMetric::runtime, .workload = workload.name}, name).value;
    // An analysis times nothing but what it splits.
    if (!time && phases && evidence.results.benchmarks.empty()) time = seconds(phases->total);
    if (!phases || phases->phases.empty() || !time) return {PhaseOf::run, whole.workload, name, 0, {}};
    const bool several = !figure.workload && evidence.results.benchmarks.size() > 1;
    const double weighted = *time * (several ? workload.weight : 1);
    whole.total += weighted;
    whole.split += seconds(phases->total) * (several ? workload.weight : 1);
    for (const auto& phase : phases->phases) add_part(whole.parts, phase.name, phase.share * weighted);
  }
  for (auto& part : whole.parts) part.share /= whole.total;
  return whole;
}

Whole whole_build(const Evidence& evidence, const std::string& name) {
  const auto* phases = find_by(evidence.results.phases.build, &report::BuildPhases::variant, name);
  Whole whole{PhaseOf::build, "", name, 0, {}};
  if (!phases) return whole;
  const auto time = figure_of(evidence, {.metric = GoalMetric::build}, name).value;
  whole.total = time.value_or(seconds(phases->wall));
  whole.split = seconds(phases->wall);
  whole.parts = parts_of(phases->phases);
  return whole;
}

Whole whole_of(const Evidence& evidence, const Figure& figure, const std::string& variant) {
  const auto find = [&](const std::string& name) {
    return figure.metric == GoalMetric::build ? whole_build(evidence, name)
                                              : whole_run(evidence, figure, name);
  };
  Whole whole = find(variant);
  if (whole.parts.empty() && variant != evidence.results.baseline) whole = find(evidence.results.baseline);
  return whole;
}

Amdahl row_of(const Whole& whole, const Part& part) {
  Amdahl row;
  row.of = whole.of;
  row.workload = whole.workload;
  row.variant = whole.variant;
  row.phase = part.name;
  row.share = part.share;
  row.saved_by_halving_pct = 50 * part.share;
  return row;
}

void rank(const Whole& whole, std::vector<Amdahl>& rows) {
  for (const auto& part : measure::by_share(whole.parts)) rows.push_back(row_of(whole, part));
}

/// The phases of a run that took longer or shorter than the timed ones may differ from theirs.
std::string doubt_about(const Whole& whole) {
  constexpr double alike = 0.25;
  if (std::abs(whole.split - whole.total) <= alike * whole.total) return "";
  return fmt::format("; approximate: the traced {} took {}, the timed ones {}", to_word(whole.of),
                     report::figure_text(whole.split, measure::Unit::seconds),
                     report::figure_text(whole.total, measure::Unit::seconds));
}

/// "21 %", "3.4 %", and 99.7 % is not "100 %".
std::string percent(double number) {
  return fmt::format("{:.{}f} %", number, number < 10 || (number > 99 && number < 100) ? 1 : 0);
}

/// `rows`: of the goal, the smallest cut first.
std::string statement(const Whole& whole, double target, const std::vector<Amdahl>& rows) {
  const std::string to = report::figure_text(target, measure::Unit::seconds);
  if (target >= whole.total)
    return fmt::format("{} is already reached: {} takes {}", to, whole.variant,
                       report::figure_text(whole.total, measure::Unit::seconds));
  const auto& first = rows.front();
  if (!first.reachable)
    return fmt::format(
        "no single phase is enough to reach {}: even without {}, the largest, it would take {}", to,
        first.phase, report::figure_text(whole.total * (1 - first.share), measure::Unit::seconds));
  std::string text =
      fmt::format("to reach {}, {} must shrink by {}", to, first.phase, percent(*first.needed_reduction_pct));
  for (std::size_t i = 1; i < rows.size() && rows[i].reachable; ++i)
    text += fmt::format(", or {} by {}", rows[i].phase, percent(*rows[i].needed_reduction_pct));
  return text;
}

/// The seconds that the goal is about; no value: those of `to` are not known.
std::optional<double> target_of(const Evidence& evidence, const Goal& goal) {
  if (!goal.ratio) return to_number(goal.below);
  const auto other = figure_of(evidence, goal, *goal.to).value;
  return other ? std::optional(*goal.ratio * *other) : std::nullopt;
}

void towards(const Goal& goal, double target, const Whole& whole, std::vector<Amdahl>& rows) {
  std::vector<Amdahl> own;
  for (const auto& part : measure::by_share(whole.parts)) {
    Amdahl row = row_of(whole, part);
    row.goal = goal.name;
    if (const auto needed = measure::needed_reduction(whole.total, target, part.share)) {
      row.needed_reduction_pct = 100 * *needed;
      row.reachable = *needed < 1;
    }
    own.push_back(std::move(row));
  }
  own.front().statement = statement(whole, target, own) + doubt_about(whole);
  rows.insert(rows.end(), own.begin(), own.end());
}

bool is_about_a_whole(const Figure& figure) {
  return figure.metric == GoalMetric::runtime ||
         (figure.metric == GoalMetric::build && figure.scenario == BuildScenario::full);
}

}  // namespace

std::vector<Amdahl> judge_amdahl(const Evidence& evidence, const std::vector<GoalResult>& goals) {
  std::vector<Amdahl> rows;
  const auto& phases = evidence.results.phases;
  for (const auto& run : phases.runtime)
    if (!run.variant.empty())
      rank({PhaseOf::run, run.workload, run.variant, seconds(run.total), parts_of(run.phases)}, rows);
  for (const auto& build : phases.build)
    if (!build.variant.empty())
      rank({PhaseOf::build, "", build.variant, seconds(build.wall), parts_of(build.phases)}, rows);
  const auto& questions = evidence.config.questions.goals;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    if (!is_about_a_whole(questions[i])) continue;
    const Whole whole = whole_of(evidence, questions[i], goals[i].variant);
    const auto target = target_of(evidence, questions[i]);
    if (target && !whole.parts.empty()) towards(questions[i], *target, whole, rows);
  }
  return rows;
}

}  // namespace pgo_orch::orchestrator
