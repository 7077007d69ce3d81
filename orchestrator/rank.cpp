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

/// Those with the least value: exact figures have no noise.
std::vector<std::string> best_known(const Rows& rows, const Value& value) {
  const auto* leader = least(rows, value);
  std::vector<std::string> names;
  for (const auto* row : rows) {
    if (leader && value(*row) == value(*leader)) names.push_back(row->name);
  }
  return names;
}

/// The leader by effect, and those that a comparison with it does not show to be worse.
std::vector<std::string> best_measured(const Rows& rows, const Value& effect, const Compare& compare) {
  const auto* leader = least(rows, effect);
  std::vector<std::string> names;
  for (const auto* row : rows) {
    if (!leader || !effect(*row)) continue;
    const auto found = row == leader ? std::nullopt : compare(*leader, *row);
    if (!found || !found->lo_pct || *found->lo_pct <= 0) names.push_back(row->name);
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

}  // namespace

report::Best rank(const Standings& standings, const Results& results) {
  Rows rows;
  for (const auto& row : results.variants) {
    if (row.status == Status::ok) rows.push_back(&row);
  }
  report::Best best;
  for (const auto& [workload, measured] : standings.measurements()) {
    const auto by = [&, name = workload](Metric metric, Quantity quantity) {
      return best_measured(rows, effect_of(results, metric, name),
                           [&](const auto& leader, const auto& other) {
                             return standings.compare(name, leader, other, quantity);
                           });
    };
    best.runtime[workload] = by(Metric::runtime, Quantity::wall);
    best.memory[workload] = by(Metric::memory, Quantity::memory);
  }
  if (standings.measurements().size() == 1) best.runtime[""] = best.runtime.begin()->second;
  if (standings.measurements().size() > 1) {
    best.runtime[""] = best_measured(
        rows, effect_of(results, Metric::runtime, std::nullopt),
        [&](const auto& leader, const auto& other) { return standings.compare_combined(leader, other); });
  }
  best.size = best_known(rows, size_bytes);
  best.build = best_known(rows, build_seconds);
  return best;
}

}  // namespace pgo_orch::orchestrator
