#include <algorithm>
#include <functional>

#include "orchestrator/judge/decide.h"
#include "report/lookup.h"

namespace pgo_orch::orchestrator {

using measure::Quantity;
using report::Metric;
using report::Results;
using report::Status;
using report::VariantResult;

namespace {

using Rows = std::vector<const VariantResult*>;
using Value = std::function<std::optional<double>(const VariantResult&)>;

/// One scale on which variants are better or worse: the less, the better.
struct Scale {
  Value value;
  std::function<std::optional<measure::Comparison>(const VariantResult&, const VariantResult&)> compare;
  /// The final verdict against the baseline; empty: as compared.
  std::function<measure::Verdict(const VariantResult&)> verdict;
};

const VariantResult* least(const Rows& rows, const Value& value) {
  const VariantResult* leader = nullptr;
  for (const auto* row : rows) {
    if (const auto own = value(*row); own && (!leader || *own < *value(*leader))) leader = row;
  }
  return leader;
}

/// Builds that were timed once may differ by this factor by chance.
constexpr double build_margin = 1.1;

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

/// Those that are not shown to be worse than the leader by effect, nor than the baseline; and the baseline
/// itself, unless something is shown to be better.
std::vector<std::string> best_measured(const Rows& rows, const VariantResult& baseline, const Scale& scale) {
  const auto* leader = least(rows, scale.value);
  const auto is_behind = [&](const VariantResult& row) {
    if (&row == leader || leader == &baseline) return false;
    const auto found = scale.compare(*leader, row);
    return found && is_more(found->verdict);
  };
  const auto beats_baseline = [&](const auto* row) {
    return scale.value(*row) && is_less(scale.verdict(*row));
  };
  std::vector<std::string> names;
  for (const auto* row : rows) {
    if (!leader || !scale.value(*row)) continue;
    const bool beaten = row == &baseline ? std::ranges::any_of(rows, beats_baseline)
                                         : is_more(scale.verdict(*row)) || is_behind(*row);
    if (!beaten) names.push_back(row->name);
  }
  return names;
}

/// By the effects of a metric that is measured in rounds.
Scale scale_of(const Standings& standings, const Results& results, const report::Lookup& lookup,
               Metric metric, const Scope& scope) {
  const auto comparison = [&lookup, metric, scope](const VariantResult& variant) {
    return lookup.comparison(metric, scope, variant.name);
  };
  return {.value = [&results, comparison](const VariantResult& variant) -> std::optional<double> {
            if (variant.name == results.baseline) return 0;
            const auto* found = comparison(variant);
            return found ? found->effect : std::nullopt;
          },
          .compare =
              [&standings, metric, scope](const VariantResult& base, const VariantResult& other) {
                if (metric == Metric::build)
                  return standings.compare_builds(standings.built(base), standings.built(other));
                return standings.compare(scope, standings.timed(base), standings.timed(other),
                                         metric == Metric::memory ? Quantity::memory : Quantity::wall);
              },
          .verdict =
              [comparison](const VariantResult& variant) {
                const auto* found = comparison(variant);
                return found ? found->verdict : measure::Verdict::unresolved;
              }};
}

/// Of exact figures, or of some that say nothing about differences up to the factor `margin`.
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

std::vector<Scale> scales(const Standings& standings, const Results& results, const report::Lookup& lookup) {
  std::vector<Scale> found;
  const auto& measurements = standings.measurements();
  const auto scale = [&](Metric metric, const Scope& scope) {
    return scale_of(standings, results, lookup, metric, scope);
  };
  if (!measurements.empty()) {
    // All workloads together, or the only one.
    found.push_back(
        scale(Metric::runtime, measurements.size() == 1 ? Scope(measurements.begin()->first) : std::nullopt));
  }
  auto build = scale(Metric::build, std::nullopt);
  if (!results.builds) build.verdict = {};
  build.value = build_seconds;
  build.compare = [in_rounds = build.compare](const auto& a, const auto& b) {
    const auto compared = in_rounds(a, b);
    return compared ? compared : compare_known(build_seconds, build_margin, a, b);
  };
  found.push_back(build);
  found.push_back(
      {size_bytes, [](const auto& a, const auto& b) { return compare_known(size_bytes, 1, a, b); }, {}});
  for (const auto& [workload, measured] : measurements) found.push_back(scale(Metric::memory, workload));
  return found;
}

/// Shown to be better on one scale, and on no other measured as worse (unless equivalent).
bool dominates(const VariantResult& a, const VariantResult& b, const VariantResult& baseline,
               const std::vector<Scale>& all) {
  bool better = false;
  for (const auto& scale : all) {
    const auto own = scale.value(a), other = scale.value(b);
    if (!own || !other) continue;
    bool tied = false, shown = false;
    if (scale.verdict && (&a == &baseline || &b == &baseline)) {
      const auto said = scale.verdict(&a == &baseline ? b : a);
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

/// Those that no other one dominates: each may be the best choice for some purpose.
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

/// Without those that were dropped early, as long as a faster one was not.
Rows still_running(Rows rows, const Standings& standings, const Scope& scope, const Value& effect) {
  const auto lost = [&](const auto* row) { return standings.lost(scope, standings.timed(*row)); };
  const Rows all = rows;
  std::erase_if(rows, [&](const auto* row) {
    return lost(row) && effect(*row) && std::ranges::any_of(all, [&](const auto* other) {
             return !lost(other) && effect(*other) && *effect(*other) < *effect(*row);
           });
  });
  return rows;
}

}  // namespace

report::Best rank(const Config& config, const measure::Measurements& measurements,
                  const measure::Measured& builds, const Results& results) {
  const Standings standings(config, measurements, builds, results);
  Rows rows;
  for (const auto& row : results.variants) {
    if (row.status == Status::ok) rows.push_back(&row);
  }
  const report::Lookup lookup(results);
  const auto best_of = [&](const Rows& among, Metric metric, const Scope& scope) {
    const auto scale = scale_of(standings, results, lookup, metric, scope);
    return best_measured(
        metric == Metric::runtime ? still_running(among, standings, scope, scale.value) : among,
        standings.baseline(), scale);
  };
  report::Best best;
  for (const auto& [workload, measured] : standings.measurements()) {
    best.runtime[workload] = best_of(rows, Metric::runtime, workload);
    Rows whole = rows;  // how much memory a run that was stopped would have taken is not known
    std::erase_if(whole, [&, name = workload](const auto* row) {
      return standings.capped(name, standings.timed(*row));
    });
    best.memory[workload] = best_of(whole, Metric::memory, workload);
  }
  if (best.runtime.size() == 1)
    best.runtime[""] = best.runtime.begin()->second;
  else if (best.runtime.size() > 1)
    best.runtime[""] = best_of(rows, Metric::runtime, std::nullopt);
  best.size = best_known(rows, size_bytes, 1);
  best.build = results.builds ? best_of(rows, Metric::build, std::nullopt)
                              : best_known(rows, build_seconds, build_margin);
  best.pareto = pareto_front(rows, standings.baseline(), scales(standings, results, lookup));
  return best;
}

}  // namespace pgo_orch::orchestrator
