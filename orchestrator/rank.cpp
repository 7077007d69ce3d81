#include <algorithm>
#include <functional>

#include "orchestrator/decide.h"

namespace pgo_orch::orchestrator {

using measure::Quantity;
using report::Metric;
using report::Results;
using report::Status;
using report::VariantResult;

namespace {

using Rows = std::vector<const VariantResult*>;
using Value = std::function<std::optional<double>(const VariantResult&)>;
using Compare = std::function<std::optional<measure::Comparison>(const VariantResult&, const VariantResult&)>;

const VariantResult* least(const Rows& rows, const Value& value) {
  const VariantResult* leader = nullptr;
  for (const auto* row : rows) {
    if (const auto own = value(*row); own && (!leader || *own < *value(*leader))) leader = row;
  }
  return leader;
}

/// A build that was timed once says nothing about smaller differences.
constexpr double told_apart = 1.1;

/// Those with the least value, or no more than `margin` times that.
std::vector<std::string> best_known(const Rows& rows, const Value& value, double margin) {
  const auto* leader = least(rows, value);
  std::vector<std::string> names;
  for (const auto* row : rows) {
    const auto own = value(*row);
    if (leader && own && *own <= margin * *value(*leader)) names.push_back(row->name);
  }
  return names;
}

/// Those that are shown to be worse neither than the leader by effect, nor than the baseline; and the
/// baseline itself, unless something is shown to be better than it.
std::vector<std::string> best_measured(const Rows& rows, const VariantResult& baseline, const Value& effect,
                                       const Compare& compare) {
  const auto* leader = least(rows, effect);
  const auto is_worse = [&](const VariantResult& than, const VariantResult& row) {
    if (&than == &row) return false;
    const auto found = compare(than, row);
    return found && found->lo_pct && *found->lo_pct > 0;
  };
  const auto beats_baseline = [&](const auto* row) { return effect(*row) && is_worse(*row, baseline); };
  std::vector<std::string> names;
  for (const auto* row : rows) {
    if (!leader || !effect(*row)) continue;
    const bool beaten = row == &baseline ? std::ranges::any_of(rows, beats_baseline)
                                         : is_worse(baseline, *row) || is_worse(*leader, *row);
    if (!beaten) names.push_back(row->name);
  }
  return names;
}

Value effect_of(const Results& results, Metric metric, const std::optional<std::string>& workload) {
  return [&results, metric, workload](const VariantResult& variant) -> std::optional<double> {
    if (variant.name == results.baseline) return 0;
    const auto found = std::ranges::find_if(results.comparisons, [&](const auto& comparison) {
      return comparison.metric == metric && comparison.workload == workload &&
             comparison.variant == variant.name;
    });
    return found == results.comparisons.end() ? std::nullopt : found->effect;
  };
}

/// One scale on which variants are better or worse: the less, the better.
struct Scale {
  Value value;
  Compare compare;
};

/// Of figures that are what they are, or that say nothing of differences up to `margin`.
std::optional<measure::Comparison> compare_known(const Value& value, double margin, const VariantResult& base,
                                                 const VariantResult& other) {
  const auto a = value(base), b = value(other);
  if (!a || !b) return std::nullopt;
  measure::Comparison found;
  found.effect_pct = 100 * (*b / *a - 1);
  if (*a <= margin * *b && *b <= margin * *a)
    found.verdict = measure::Verdict::equivalent;
  else
    found.lo_pct = found.hi_pct = found.effect_pct;
  return found;
}

std::vector<Scale> scales(const Standings& standings, const Results& results) {
  std::vector<Scale> found;
  const auto& measurements = standings.measurements();
  if (!measurements.empty()) {
    // All workloads together, or the only one.
    const auto scope = measurements.size() == 1 ? std::optional(measurements.begin()->first) : std::nullopt;
    found.push_back(
        {effect_of(results, Metric::runtime, scope), [&standings, scope](const auto& a, const auto& b) {
           return scope ? standings.compare(*scope, a, b, Quantity::wall) : standings.compare_combined(a, b);
         }});
  }
  found.push_back({build_seconds, [&standings](const auto& a, const auto& b) {
                     const auto in_rounds = standings.compare_builds(a, b);
                     return in_rounds ? in_rounds : compare_known(build_seconds, told_apart, a, b);
                   }});
  found.push_back(
      {size_bytes, [](const auto& a, const auto& b) { return compare_known(size_bytes, 1, a, b); }});
  for (const auto& [workload, measured] : measurements) {
    found.push_back({effect_of(results, Metric::memory, workload),
                     [&standings, name = workload](const auto& a, const auto& b) {
                       return standings.compare(name, a, b, Quantity::memory);
                     }});
  }
  return found;
}

/// Shown to be better on one scale, and on no other worse, by what was found, unless that is equivalent.
bool dominates(const VariantResult& a, const VariantResult& b, const std::vector<Scale>& all) {
  bool better = false;
  for (const auto& scale : all) {
    const auto own = scale.value(a), other = scale.value(b);
    if (!own || !other) continue;
    const auto compared = scale.compare(a, b);
    const bool tied = compared && compared->verdict == measure::Verdict::equivalent;
    if (*own > *other && !tied) return false;
    better = better || (!tied && compared && compared->lo_pct && *compared->lo_pct > 0);
  }
  return better;
}

/// Those that no other one dominates: each is the best choice for somebody.
std::vector<std::string> pareto_front(const Rows& rows, const std::vector<Scale>& all) {
  std::vector<std::string> front;
  for (const auto* row : rows) {
    const bool beaten =
        std::ranges::any_of(rows, [&](const auto* other) { return dominates(*other, *row, all); });
    if (!beaten && !row->identical_to) front.push_back(row->name);
  }
  return front;
}

}  // namespace

report::Best rank(const Standings& standings, const Results& results) {
  Rows rows;
  for (const auto& row : results.variants) {
    if (row.status == Status::ok) rows.push_back(&row);
  }
  report::Best best;
  for (const auto& [workload, measured] : standings.measurements()) {
    const auto by = [&, name = workload](const Rows& among, Metric metric, Quantity quantity) {
      return best_measured(among, standings.baseline(), effect_of(results, metric, name),
                           [&](const auto& leader, const auto& other) {
                             return standings.compare(name, leader, other, quantity);
                           });
    };
    Rows running = rows;
    std::erase_if(running, [&, name = workload](const auto* row) { return standings.lost(name, *row); });
    best.runtime[workload] = by(running, Metric::runtime, Quantity::wall);
    best.memory[workload] = by(rows, Metric::memory, Quantity::memory);
  }
  if (standings.measurements().size() == 1) best.runtime[""] = best.runtime.begin()->second;
  if (standings.measurements().size() > 1) {
    Rows running = rows;  // who still ran somewhere
    std::erase_if(running, [&](const auto* row) {
      return std::ranges::all_of(standings.measurements(),
                                 [&](const auto& each) { return standings.lost(each.first, *row); });
    });
    best.runtime[""] = best_measured(
        running, standings.baseline(), effect_of(results, Metric::runtime, std::nullopt),
        [&](const auto& leader, const auto& other) { return standings.compare_combined(leader, other); });
  }
  best.size = best_known(rows, size_bytes, 1);
  best.build = results.builds ? best_measured(rows, standings.baseline(),
                                              effect_of(results, Metric::build, std::nullopt),
                                              [&](const auto& leader, const auto& other) {
                                                return standings.compare_builds(leader, other);
                                              })
                              : best_known(rows, build_seconds, told_apart);
  best.pareto = pareto_front(rows, scales(standings, results));
  return best;
}

}  // namespace pgo_orch::orchestrator
