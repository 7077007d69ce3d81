#include <algorithm>
#include <functional>

#include "orchestrator/judge/decide.h"

namespace pgo_orch::orchestrator {

using measure::Quantity;
using report::Metric;
using report::Results;
using report::Status;
using report::VariantResult;

namespace {

using Rows = std::vector<const VariantResult*>;
using Value = std::function<std::optional<double>(const VariantResult&)>;
using Said = std::function<measure::Verdict(const VariantResult&)>;
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

bool is_more(measure::Verdict verdict) {
  return verdict == measure::Verdict::slower || verdict == measure::Verdict::larger;
}

bool is_less(measure::Verdict verdict) {
  return verdict == measure::Verdict::faster || verdict == measure::Verdict::smaller;
}

/// Those that are shown to be worse neither than the leader by effect, nor than the baseline; and the
/// baseline itself, unless something is shown to be better than it. `verdict`: what is said of a variant
/// against the baseline in the end.
std::vector<std::string> best_measured(const Rows& rows, const VariantResult& baseline, const Value& effect,
                                       const Said& verdict, const Compare& compare) {
  const auto* leader = least(rows, effect);
  const auto is_behind = [&](const VariantResult& row) {
    if (&row == leader || leader == &baseline) return false;
    const auto found = compare(*leader, row);
    return found && is_more(found->verdict);
  };
  const auto beats_baseline = [&](const auto* row) { return effect(*row) && is_less(verdict(*row)); };
  std::vector<std::string> names;
  for (const auto* row : rows) {
    if (!leader || !effect(*row)) continue;
    const bool beaten = row == &baseline ? std::ranges::any_of(rows, beats_baseline)
                                         : is_more(verdict(*row)) || is_behind(*row);
    if (!beaten) names.push_back(row->name);
  }
  return names;
}

const report::Comparison* comparison_of(const Results& results, Metric metric,
                                        const std::optional<std::string>& workload,
                                        const VariantResult& variant) {
  const auto found = std::ranges::find_if(results.comparisons, [&](const auto& comparison) {
    return comparison.metric == metric && comparison.workload == workload &&
           comparison.variant == variant.name;
  });
  return found == results.comparisons.end() ? nullptr : &*found;
}

Value effect_of(const Results& results, Metric metric, const std::optional<std::string>& workload) {
  return [&results, metric, workload](const VariantResult& variant) -> std::optional<double> {
    if (variant.name == results.baseline) return 0;
    const auto* found = comparison_of(results, metric, workload, variant);
    return found ? found->effect : std::nullopt;
  };
}

Said said_of(const Results& results, Metric metric, const std::optional<std::string>& workload) {
  return [&results, metric, workload](const VariantResult& variant) {
    const auto* found = comparison_of(results, metric, workload, variant);
    return found ? found->verdict : measure::Verdict::unresolved;
  };
}

/// One scale on which variants are better or worse: the less, the better.
struct Scale {
  Value value;
  Compare compare;
  Said said;  ///< against the baseline; empty: as compared
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
    found.push_back({effect_of(results, Metric::runtime, scope),
                     [&standings, scope](const auto& a, const auto& b) {
                       return scope ? standings.compare(*scope, a, b, Quantity::wall)
                                    : standings.compare_combined(a, b);
                     },
                     said_of(results, Metric::runtime, scope)});
  }
  found.push_back({build_seconds,
                   [&standings](const auto& a, const auto& b) {
                     const auto in_rounds = standings.compare_builds(a, b);
                     return in_rounds ? in_rounds : compare_known(build_seconds, told_apart, a, b);
                   },
                   results.builds ? said_of(results, Metric::build, std::nullopt) : Said{}});
  found.push_back(
      {size_bytes, [](const auto& a, const auto& b) { return compare_known(size_bytes, 1, a, b); }, {}});
  for (const auto& [workload, measured] : measurements) {
    found.push_back({effect_of(results, Metric::memory, workload),
                     [&standings, name = workload](const auto& a, const auto& b) {
                       return standings.compare(name, a, b, Quantity::memory);
                     },
                     said_of(results, Metric::memory, workload)});
  }
  return found;
}

/// Shown to be better on one scale, and on no other worse, by what was found, unless that is equivalent.
bool dominates(const VariantResult& a, const VariantResult& b, const VariantResult& baseline,
               const std::vector<Scale>& all) {
  bool better = false;
  for (const auto& scale : all) {
    const auto own = scale.value(a), other = scale.value(b);
    if (!own || !other) continue;
    bool tied = false, shown = false;
    if (scale.said && (&a == &baseline || &b == &baseline)) {
      const auto said = scale.said(&a == &baseline ? b : a);
      tied = said == measure::Verdict::equivalent;
      shown = &a == &baseline ? is_more(said) : is_less(said);
    } else if (const auto compared = scale.compare(a, b)) {
      tied = compared->verdict == measure::Verdict::equivalent;
      shown = !tied && compared->lo_pct && *compared->lo_pct > 0;
    }
    if (*own > *other && !tied) return false;
    better = better || shown;
  }
  return better;
}

/// Those that no other one dominates: each is the best choice for somebody.
std::vector<std::string> pareto_front(const Rows& rows, const VariantResult& baseline,
                                      const std::vector<Scale>& all) {
  std::vector<std::string> front;
  for (const auto* row : rows) {
    const bool beaten =
        std::ranges::any_of(rows, [&](const auto* other) { return dominates(*other, *row, baseline, all); });
    if (!beaten && !row->identical_to) front.push_back(row->name);
  }
  return front;
}

/// Without those that were taken out of the race, as long as somebody faster is still in it.
Rows still_running(Rows rows, const Value& effect, const std::function<bool(const VariantResult&)>& lost) {
  const Rows all = rows;
  std::erase_if(rows, [&](const auto* row) {
    return lost(*row) && effect(*row) && std::ranges::any_of(all, [&](const auto* other) {
             return !lost(*other) && effect(*other) && *effect(*other) < *effect(*row);
           });
  });
  return rows;
}

}  // namespace

report::Best rank(const Standings& standings, const Results& results) {
  Rows rows;
  for (const auto& row : results.variants) {
    if (row.status == Status::ok) rows.push_back(&row);
  }
  const auto best_of = [&](const Rows& among, Metric metric, const std::optional<std::string>& workload,
                           const Compare& compare) {
    return best_measured(among, standings.baseline(), effect_of(results, metric, workload),
                         said_of(results, metric, workload), compare);
  };
  report::Best best;
  for (const auto& [workload, measured] : standings.measurements()) {
    const auto by = [&, name = workload](Quantity quantity) -> Compare {
      return [&standings, name, quantity](const auto& a, const auto& b) {
        return standings.compare(name, a, b, quantity);
      };
    };
    const auto lost = [&, name = workload](const auto& row) { return standings.lost(name, row); };
    const Rows running = still_running(rows, effect_of(results, Metric::runtime, workload), lost);
    best.runtime[workload] = best_of(running, Metric::runtime, workload, by(Quantity::wall));
    Rows whole = rows;  // of a run that was stopped nobody knows how much it would have taken
    std::erase_if(whole, [&, name = workload](const auto* row) { return standings.capped(name, *row); });
    best.memory[workload] = best_of(whole, Metric::memory, workload, by(Quantity::memory));
  }
  if (standings.measurements().size() == 1) best.runtime[""] = best.runtime.begin()->second;
  if (standings.measurements().size() > 1) {
    const auto lost_everywhere = [&](const auto& row) {
      return std::ranges::all_of(standings.measurements(),
                                 [&](const auto& each) { return standings.lost(each.first, row); });
    };
    const Rows running =
        still_running(rows, effect_of(results, Metric::runtime, std::nullopt), lost_everywhere);
    best.runtime[""] = best_of(running, Metric::runtime, std::nullopt, [&](const auto& a, const auto& b) {
      return standings.compare_combined(a, b);
    });
  }
  best.size = best_known(rows, size_bytes, 1);
  best.build = results.builds
                   ? best_of(rows, Metric::build, std::nullopt,
                             [&](const auto& a, const auto& b) { return standings.compare_builds(a, b); })
                   : best_known(rows, build_seconds, told_apart);
  best.pareto = pareto_front(rows, standings.baseline(), scales(standings, results));
  return best;
}

}  // namespace pgo_orch::orchestrator
