#include "report/figure_text.h"

#include <fmt/format.h>

#include <cmath>

#include "report/humanize.h"

namespace pgo_orch::report {

std::string figure_text(double value, Unit unit) {
  if (unit == Unit::seconds) return human(Seconds(value));
  if (unit == Unit::bytes) return human(Bytes{static_cast<std::uint64_t>(std::llround(value))});
  if (unit == Unit::share) return human_percent(100 * value) + " %";
  return fmt::format("{:.3f}", value);
}

std::string interval_text(const std::optional<double>& value, const std::optional<double>& lo,
                          const std::optional<double>& hi, Unit unit) {
  const bool is_exact = lo && lo == hi && lo == value;
  if (is_exact || (!lo && !hi)) return "";
  const auto edge = [&](const std::optional<double>& bound) {
    return bound ? figure_text(*bound, unit) : "…";
  };
  return fmt::format("[{}, {}]", edge(lo), edge(hi));
}

std::string figure_text(double value, const std::optional<double>& lo, const std::optional<double>& hi,
                        Unit unit) {
  const std::string interval = interval_text(value, lo, hi, unit);
  return figure_text(value, unit) + (interval.empty() ? "" : " " + interval);
}

namespace {

std::string subject(const auto& result, const std::string& detail) {
  std::string text = to_word(result.metric) + (detail.empty() ? "" : " " + detail) + " of " + result.variant;
  if (!result.workload.empty()) text += " in " + result.workload;
  return result.to.empty() ? text : text + " / " + result.to;
}

}  // namespace

std::string subject_text(const GoalResult& goal) {
  const bool is_full = !goal.scenario || goal.scenario == BuildScenario::full;
  return subject(goal, goal.metric == GoalMetric::phase ? goal.phase
                       : is_full                        ? ""
                                                        : to_word(*goal.scenario));
}

std::string subject_text(const DecisionResult& decision) {
  return subject(decision, "");
}

}  // namespace pgo_orch::report
