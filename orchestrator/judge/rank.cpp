#include <algorithm>

#include "orchestrator/judge/decide.h"
#include "report/lookup.h"

namespace pgo_orch::orchestrator {

using report::Metric;
using report::Status;
using report::VariantResult;

namespace {

using Names = std::vector<std::string>;
using Shortlist = std::vector<const VariantResult*>;
using Number = std::optional<double>;

/// Builds that were timed once may differ by this factor by chance.
constexpr double build_margin = 1.1;

/// Null: no value is known.
const VariantResult* least(const Shortlist& rows, const auto& value) {
  const VariantResult* leader = nullptr;
  for (const auto* row : rows) {
    if (const Number own = value(*row); own && (!leader || *own < *value(*leader))) leader = row;
  }
  return leader;
}

/// Those with the least value, or no more than `margin` times that.
Names best_known(const Shortlist& rows, const auto& value, double margin) {
  const auto* leader = least(rows, value);
  Names names;
  for (const auto* row : rows) {
    if (const Number own = value(*row); own && *own <= margin * *value(*leader)) names.push_back(row->name);
  }
  return names;
}

bool is_more(measure::Verdict verdict) {
  return verdict == measure::Verdict::slower || verdict == measure::Verdict::larger;
}

bool is_less(measure::Verdict verdict) {
  return verdict == measure::Verdict::faster || verdict == measure::Verdict::smaller;
}

/// Of exact figures, or of some that say nothing about differences up to the factor `margin`.
std::optional<measure::Comparison> compare_known(Number a, Number b, double margin) {
  if (!a || !b) return std::nullopt;
  measure::Comparison found;
  found.effect_pct = 100 * (*b / *a - 1);
  if (*a <= margin * *b && *b <= margin * *a)
    found.verdict = measure::Verdict::equivalent;
  else
    found.lo_pct = found.hi_pct = found.effect_pct;
  return found;
}

/// One scale on which variants are better or worse: the less, the better.
struct Scale {
  Metric metric;
  Scope scope;
  bool by_effect =
      true;  ///< of builds: false: by their seconds, which are also known if they were timed once
};

class Ranking {
 public:
  Ranking(const Standings& standings, const report::Rows& rows, const report::Verdicts& compared)
      : standings_(standings),
        compared_(compared),
        builds_in_rounds_(compared.builds.has_value()),
        lookup_(rows, compared),
        baseline_(standings.baseline()) {
    for (const auto& row : rows.variants)
      if (row.status == Status::ok && !row.left_out) rows_.push_back(&row);
  }

  report::Best best() const {
    report::Best best;
    for (const auto& [workload, measured] : standings_.measurements()) {
      best.runtime[workload] = fastest(workload);
      Shortlist whole = rows_;  // how much memory a run that was stopped would have taken is not known
      std::erase_if(whole, [&, name = workload](const auto* row) {
        return standings_.capped(name, standings_.timed(*row));
      });
      best.memory[workload] = best_measured(whole, {Metric::memory, workload});
    }
    if (best.runtime.size() == 1)
      best.runtime[""] = without_vetoed(best.runtime.begin()->second);
    else if (best.runtime.size() > 1)
      best.runtime[""] = fastest(std::nullopt);
    best.size = best_known(rows_, size_bytes, 1);
    best.build = builds_in_rounds_ ? best_measured(rows_, {Metric::build, std::nullopt})
                                   : best_known(rows_, build_seconds, build_margin);
    best.pareto = pareto_front();
    return best;
  }

 private:
  Number value(const Scale& scale, const VariantResult& row) const {
    if (scale.metric == Metric::size) return size_bytes(row);
    if (!scale.by_effect) return build_seconds(row);
    if (&row == &baseline_) return 0;
    const auto* found = lookup_.comparison(scale.metric, scale.scope, row.name);
    return found ? found->effect : std::nullopt;
  }

  std::optional<measure::Comparison> compare(const Scale& scale, const VariantResult& base,
                                             const VariantResult& other) const {
    if (scale.metric == Metric::size) return compare_known(size_bytes(base), size_bytes(other), 1);
    if (scale.metric != Metric::build)
      return standings_.compare(scale.scope, standings_.timed(base), standings_.timed(other),
                                quantity_of(scale.metric));
    const auto found = standings_.compare_builds(standings_.built(base), standings_.built(other));
    if (found || scale.by_effect) return found;
    return compare_known(build_seconds(base), build_seconds(other), build_margin);
  }

  /// The final one, against the baseline.
  measure::Verdict verdict(const Scale& scale, const VariantResult& row) const {
    const auto* found = lookup_.comparison(scale.metric, scale.scope, row.name);
    return found ? found->verdict : measure::Verdict::unresolved;
  }

  /// Those that are not shown to be worse than the leader by effect, nor than the baseline; and the baseline
  /// itself, unless something is shown to be better.
  Names best_measured(const Shortlist& rows, const Scale& scale) const {
    const auto* leader = least(rows, [&](const auto& row) { return value(scale, row); });
    const auto is_behind = [&](const VariantResult& row) {
      if (&row == leader || leader == &baseline_) return false;
      const auto found = compare(scale, *leader, row);
      return found && is_more(found->verdict);
    };
    const auto beats_baseline = [&](const auto* row) {
      return value(scale, *row) && is_less(verdict(scale, *row));
    };
    Names names;
    for (const auto* row : rows) {
      if (!value(scale, *row)) continue;
      const bool beaten = row == &baseline_ ? std::ranges::any_of(rows, beats_baseline)
                                            : is_more(verdict(scale, *row)) || is_behind(*row);
      if (!beaten) names.push_back(row->name);
    }
    return names;
  }

  /// The baseline, if nothing is left.
  Names without_vetoed(Names names) const {
    std::erase_if(names, [&](const auto& name) { return is_vetoed(name, compared_); });
    return names.empty() ? Names{baseline_.name} : names;
  }

  /// Without those that were dropped early, as long as a faster one was not; all together, without those that
  /// are vetoed.
  Names fastest(const Scope& scope) const {
    const Scale scale{Metric::runtime, scope};
    const auto lost = [&](const auto* row) { return standings_.lost(scope, standings_.timed(*row)); };
    Shortlist rows = rows_;
    if (!scope) std::erase_if(rows, [&](const auto* row) { return is_vetoed(row->name, compared_); });
    std::erase_if(rows, [&](const auto* row) {
      const Number own = value(scale, *row);
      return lost(row) && own && std::ranges::any_of(rows_, [&](const auto* other) {
               const Number others = value(scale, *other);
               return !lost(other) && others && *others < *own;
             });
    });
    return best_measured(rows, scale);
  }

  /// Shown to be better on one scale, and on no other measured as worse (unless equivalent).
  bool dominates(const VariantResult& a, const VariantResult& b, const std::vector<Scale>& scales) const {
    bool better = false;
    for (const auto& scale : scales) {
      const Number own = value(scale, a), other = value(scale, b);
      if (!own || !other) continue;
      const bool judged =
          scale.metric != Metric::size && (scale.metric != Metric::build || builds_in_rounds_);
      bool tied = false, shown = false;
      if (judged && (&a == &baseline_ || &b == &baseline_)) {
        const auto said = verdict(scale, &a == &baseline_ ? b : a);
        tied = said == measure::Verdict::equivalent;
        shown = &a == &baseline_ ? is_more(said) : is_less(said);
      } else if (const auto compared = compare(scale, a, b)) {
        tied = compared->verdict == measure::Verdict::equivalent;
        shown = !tied && compared->lo_pct && *compared->lo_pct > 0;
      }
      if (*own > *other && !tied) return false;
      better = better || shown;
    }
    return better;
  }

  /// Those that no other one dominates: each may be the best choice for some purpose.
  Names pareto_front() const {
    std::vector<Scale> scales{{Metric::build, std::nullopt, false}, {Metric::size, std::nullopt}};
    const auto& measurements = standings_.measurements();
    // All workloads together, or the only one.
    if (!measurements.empty())
      scales.push_back(
          {Metric::runtime, measurements.size() == 1 ? Scope(measurements.begin()->first) : std::nullopt});
    for (const auto& [workload, measured] : measurements) scales.push_back({Metric::memory, workload});
    Names front;
    for (const auto* row : rows_) {
      const bool beaten =
          std::ranges::any_of(rows_, [&](const auto* other) { return dominates(*other, *row, scales); });
      if (!beaten && !row->identical_to) front.push_back(row->name);
    }
    return front;
  }

  const Standings& standings_;
  const report::Verdicts& compared_;
  bool builds_in_rounds_;
  report::Lookup lookup_;
  const VariantResult& baseline_;
  Shortlist rows_;
};

}  // namespace

report::Best rank(const Config& config, const Timings& timings, const report::Rows& rows,
                  const report::Verdicts& compared) {
  return Ranking(Standings(config, timings, rows), rows, compared).best();
}

}  // namespace pgo_orch::orchestrator
