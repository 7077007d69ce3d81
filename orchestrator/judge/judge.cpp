#include "orchestrator/judge/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/judge/figure.h"
#include "report/humanize.h"

namespace pgo_orch::orchestrator {

using report::DecisionResult;
using report::GoalResult;

namespace {

Known known_of(const Evidence& evidence, const Figure& figure, const std::optional<std::string>& subject,
               const std::optional<std::string>& to) {
  if (!subject) return unknown("no best variant: nothing was measured");
  return to ? ratio_of(evidence, figure, *subject, *to) : figure_of(evidence, figure, *subject);
}

std::optional<std::string> subject_of(const Evidence& evidence, const Figure& figure) {
  if (figure.variant != "best") return figure.variant;
  const auto* best = best_for(figure.metric, evidence.results);
  return best ? std::optional(best->name) : std::nullopt;
}

std::optional<bool> is_below(const Known& known, const std::optional<double>& target) {
  if (!target) return std::nullopt;
  if (known.hi && *known.hi < *target) return true;
  if (known.lo && *known.lo >= *target) return false;
  return std::nullopt;
}

/// Why the interval does not decide on which side of the edge the figure is.
std::string why_open(const Evidence& evidence, const Known& known, double edge, measure::Unit unit) {
  if (!known.value) return known.reason;
  std::string text = report::figure_text(*known.value, known.lo, known.hi, unit);
  if (!known.bounded()) return text + ": " + known.reason;
  text += fmt::format(": the interval includes {}", report::figure_text(edge, unit));
  if (!known.reason.empty()) text += "; " + known.reason;
  if (const auto more = more_rounds(evidence, known, edge))
    text += fmt::format("; about {} more would decide it (max-time)", report::human_count(*more, "round"));
  return text;
}

/// Fills in what goals and decisions have in common. `to`: what it is a ratio to, if it is one.
Known take_figure(const Evidence& evidence, const Figure& figure, const std::optional<std::string>& to,
                  auto& result) {
  const auto subject = subject_of(evidence, figure);
  const Known known = known_of(evidence, figure, subject, to);
  result.name = figure.name;
  result.metric = figure.metric;
  result.variant = subject.value_or(figure.variant);
  result.workload = figure.workload.value_or("");
  result.to = to.value_or("");
  result.unit = to ? measure::Unit::ratio : unit_of(figure.metric);
  result.value = known.value;
  result.lo = known.lo;
  result.hi = known.hi;
  return known;
}

struct Edges {
  std::optional<double> above, below;
};

Edges edges_of(const Band& band) {
  if (band.is_ratio()) return {band.above_ratio, band.below_ratio};
  return {to_number(band.above), to_number(band.below)};
}

bool lies_in(const Known& known, const Edges& edges) {
  return (!edges.above || (known.lo && *known.lo > *edges.above)) &&
         (!edges.below || (known.hi && *known.hi < *edges.below));
}

/// The edge inside the interval, if any.
std::optional<double> held_edge(const Known& known, const std::vector<Band>& bands, bool ratio) {
  for (const auto& band : bands) {
    if (band.is_ratio() != ratio) continue;
    const Edges edges = edges_of(band);
    for (const auto& edge : {edges.above, edges.below})
      if (edge && (!known.lo || *known.lo <= *edge) && (!known.hi || *known.hi >= *edge)) return edge;
  }
  return std::nullopt;
}

std::string why_undecided(const Evidence& evidence, const Known& known, const std::vector<Band>& bands,
                          bool ratio, measure::Unit unit) {
  if (const auto edge = held_edge(known, bands, ratio); edge || !known.bounded())
    return why_open(evidence, known, edge.value_or(0), unit);
  return report::figure_text(*known.value, known.lo, known.hi, unit) + " is between the bands";
}

/// Met: the whole interval is below the target. Missed: all of it is at the target or above. Else open.
GoalResult judge_goal(const Evidence& evidence, const Goal& goal) {
  GoalResult result;
  const Known known = take_figure(evidence, goal, goal.ratio ? goal.to : std::nullopt, result);
  result.phase = goal.phase;
  if (goal.metric == GoalMetric::build) result.scenario = goal.scenario;
  result.target = goal.ratio ? goal.ratio : to_number(goal.below);
  result.stretch = goal.ratio ? goal.stretch_ratio : to_number(goal.stretch);
  result.met = is_below(known, result.target);
  result.stretch_met = is_below(known, result.stretch);
  if (!result.met && result.target) result.reason = why_open(evidence, known, *result.target, result.unit);
  return result;
}

/// The conclusion of the band that includes the whole interval, else "undecided".
DecisionResult take_decision(const Evidence& evidence, const Decision& decision) {
  const bool ratio = !decision.bands.empty() && decision.bands.front().is_ratio();
  DecisionResult result;
  const Known shown = take_figure(evidence, decision, ratio ? decision.to : std::nullopt, result);
  for (const auto& band : decision.bands) {
    const Known known = band.is_ratio() == ratio
                            ? shown
                            : known_of(evidence, decision, subject_of(evidence, decision),
                                       ratio ? std::nullopt : decision.to);
    if (!known.value || !lies_in(known, edges_of(band))) continue;
    result.conclude = band.conclude;
    return result;
  }
  result.conclude = "undecided";
  result.reason = why_undecided(evidence, shown, decision.bands, ratio, result.unit);
  return result;
}

}  // namespace

Judged judge(const Config& config, const measure::Claim& claim, const report::Results& results) {
  const Evidence evidence{config, results, claim};
  Judged judged;
  for (const auto& goal : config.questions.goals) judged.goals.push_back(judge_goal(evidence, goal));
  for (const auto& decision : config.questions.decisions)
    judged.decisions.push_back(take_decision(evidence, decision));
  judged.amdahl = judge_amdahl(evidence, judged.goals);
  return judged;
}

bool asks_for_build_phases(const Config& config) {
  const auto asks = [&](const Figure& figure) {
    return (figure.metric == GoalMetric::build && figure.scenario == BuildScenario::full) ||
           (figure.metric == GoalMetric::phase && is_build_phase(config, figure.phase));
  };
  const auto& questions = config.questions;
  return std::ranges::any_of(questions.goals, asks) || std::ranges::any_of(questions.decisions, asks) ||
         std::ranges::any_of(questions.groups, [](const auto& group) { return group.of == PhaseOf::build; });
}

bool asks_for_run_phases_of(const Config& config, const std::string& variant) {
  const auto asks = [&](const auto& question) {
    return is_about_run_phases(config, question) && (question.variant == variant || question.to == variant);
  };
  return std::ranges::any_of(config.questions.goals, asks) ||
         std::ranges::any_of(config.questions.decisions, asks);
}

bool missed_a_goal(const report::Results& results) {
  return std::ranges::any_of(results.goals, [](const GoalResult& goal) { return goal.met == false; });
}

}  // namespace pgo_orch::orchestrator
