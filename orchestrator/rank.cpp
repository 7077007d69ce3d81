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
  std::function<bool(const VariantResult& better, const VariantResult& worse)> is_shown;
};

std::vector<Scale> scales(const Standings& standings, const Results& results) {
  std::vector<Scale> found;
  const auto& measurements = standings.measurements();
  if (!measurements.empty()) {
    // All workloads together, or the only one.
    const auto scope = measurements.size() == 1 ? std::optional(measurements.begin()->first) : std::nullopt;
    found.push_back({effect_of(results, Metric::runtime, scope),
                     [&standings, scope](const VariantResult& better, const VariantResult& worse) {
                       const auto compared = scope ? standings.compare(*scope, better, worse, Quantity::wall)
                                                   : standings.compare_combined(better, worse);
                       return compared && compared->lo_pct && *compared->lo_pct > 0;
                     }});
  }
  found.push_back({build_seconds, [](const VariantResult& better, const VariantResult& worse) {
                     return *build_seconds(worse) > told_apart * *build_seconds(better);
                   }});
  found.push_back({size_bytes, [](const VariantResult& better, const VariantResult& worse) {
                     return *size_bytes(better) < *size_bytes(worse);
                   }});
  for (const auto& [workload, measured] : measurements) {
    found.push_back({effect_of(results, Metric::memory, workload),
                     [&standings, name = workload](const VariantResult& better, const VariantResult& worse) {
                       const auto compared = standings.compare(name, better, worse, Quantity::memory);
                       return compared && compared->lo_pct && *compared->lo_pct > 0;
                     }});
  }
  return found;
}

/// No worse on any scale, by what was found, and shown to be better on one of them.
bool dominates(const VariantResult& a, const VariantResult& b, const std::vector<Scale>& all) {
  bool better = false;
  for (const auto& scale : all) {
    const auto own = scale.value(a), other = scale.value(b);
    if (!own || !other) continue;
    if (*own > *other) return false;
    better = better || scale.is_shown(a, b);
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
  best.build = best_known(rows, build_seconds, told_apart);
  best.pareto = pareto_front(rows, scales(standings, results));
  return best;
}

}  // namespace pgo_orch::orchestrator
