#include "orchestrator/time/thresholds.h"

#include <algorithm>

#include "orchestrator/config/find.h"

namespace pgo_orch::orchestrator {

namespace {

class Thresholds {
 public:
  Thresholds(const Workload& workload, const Entrants& entrants, const Config& config)
      : workload_(workload), entrants_(entrants), config_(config) {}

  void add(const Figure& figure, const std::optional<std::string>& to, const std::optional<double>& ratio,
           const std::optional<Limit>& limit) {
    if (!is_about_this(figure)) return;
    measure::Threshold threshold{.quantity = figure.metric == GoalMetric::cpu ? measure::Quantity::cpu
                                                                              : measure::Quantity::wall};
    if (figure.variant != "best" && !(threshold.of = place_of(figure.variant))) return;
    if (ratio && to) {
      if (!(threshold.to = place_of(*to))) return;
      threshold.at = 100 * (*ratio - 1);
    } else if (const auto* time = limit ? std::get_if<Nanoseconds>(&*limit) : nullptr) {
      threshold.at = seconds(*time);
    } else {
      return;
    }
    thresholds_.push_back(threshold);
  }

  void add_guards(std::size_t baseline) {
    for (const auto quantity : {measure::Quantity::wall, measure::Quantity::cpu}) {
      const auto guard =
          guard_of(config_, workload_.name,
                   quantity == measure::Quantity::cpu ? measure::Metric::cpu : measure::Metric::runtime);
      if (!guard.fraction) continue;
      for (std::size_t i = 0; i < entrants_.size(); ++i)
        if (i != baseline && !entrants_[i].reference && !entrants_[i].is_trained_without())
          thresholds_.push_back({i, baseline, quantity, 100 * *guard.fraction, seconds(guard.floor)});
    }
  }

  std::vector<measure::Threshold> take() { return std::move(thresholds_); }

 private:
  bool is_about_this(const Figure& figure) const {
    if (figure.metric != GoalMetric::runtime && figure.metric != GoalMetric::cpu) return false;
    if (figure.workload) return *figure.workload == workload_.name;
    return std::ranges::count_if(config_.workloads, [](const auto& each) { return each.measured(); }) == 1;
  }

  std::optional<std::size_t> place_of(const std::string& name) const {
    const auto* found = find_by(entrants_, &Entrant::name, name);
    return found ? std::optional(static_cast<std::size_t>(found - entrants_.data())) : std::nullopt;
  }

  const Workload& workload_;
  const Entrants& entrants_;
  const Config& config_;
  std::vector<measure::Threshold> thresholds_;
};

}  // namespace

std::vector<measure::Threshold> thresholds_of(const Workload& workload, const Entrants& entrants,
                                              std::size_t baseline, const Config& config) {
  Thresholds thresholds(workload, entrants, config);
  for (const auto& goal : config.questions.goals) {
    thresholds.add(goal, goal.to, goal.ratio, goal.below);
    thresholds.add(goal, goal.to, goal.stretch_ratio, goal.stretch);
  }
  for (const auto& decision : config.questions.decisions) {
    for (const auto& band : decision.bands) {
      thresholds.add(decision, decision.to, band.below_ratio, band.below);
      thresholds.add(decision, decision.to, band.above_ratio, band.above);
    }
  }
  thresholds.add_guards(baseline);
  return thresholds.take();
}

bool is_asked_for(const std::string& name, const Questions& questions) {
  const auto names_it = [&](const auto& figure) { return figure.variant == name || figure.to == name; };
  return std::ranges::any_of(questions.goals, names_it) || std::ranges::any_of(questions.decisions, names_it);
}

}  // namespace pgo_orch::orchestrator
