#include "orchestrator/decide.h"

#include <algorithm>
#include <optional>

#include "measure/differences.h"
#include "measure/verdict.h"
#include "orchestrator/recommend.h"

namespace pgo_orch::orchestrator {

using measure::Quantity;
using report::Metric;
using report::Results;
using report::Status;
using report::VariantResult;

namespace {

report::Verdict to_report(measure::Verdict verdict) {
  switch (verdict) {
    case measure::Verdict::faster:
      return report::Verdict::faster;
    case measure::Verdict::slower:
      return report::Verdict::slower;
    case measure::Verdict::smaller:
      return report::Verdict::smaller;
    case measure::Verdict::larger:
      return report::Verdict::larger;
    case measure::Verdict::equivalent:
      return report::Verdict::equivalent;
    case measure::Verdict::unresolved:
      return report::Verdict::unresolved;
    case measure::Verdict::identical:
      return report::Verdict::identical;
    case measure::Verdict::wrong_output:
      return report::Verdict::wrong_output;
    case measure::Verdict::failed:
      return report::Verdict::failed;
    case measure::Verdict::skipped:
      return report::Verdict::skipped;
  }
  return report::Verdict::unresolved;
}

/// Decides all claims of one run; what they have in common is worked out once.
class Judge {
 public:
  Judge(const Config& config, const Measurements& measurements, Results& results)
      : config_(config), measurements_(measurements), results_(results) {
    std::size_t variants = 0;
    for (const auto& [workload, measured] : measurements)
      variants = std::max(variants, measured.series.size());
    const std::size_t scopes = measurements.size() > 1 ? measurements.size() + 1 : measurements.size();
    constexpr std::size_t metrics = 2;  // run time and memory
    claim_.confidence = config.measure.confidence;
    claim_.precision = config.measure.precision;
    claim_.claims = static_cast<int>(
        std::max<std::size_t>(1, (std::max<std::size_t>(variants, 1) - 1) * scopes * metrics));
  }

  void run() {
    for (const auto& variant : results_.variants) {
      if (variant.name == results_.baseline) continue;
      for (const auto& [workload, measured] : measurements_) {
        compare(Metric::runtime, workload, variant);
        compare(Metric::memory, workload, variant);
      }
      if (measurements_.size() > 1) compare_combined(variant);
      compare_exact(Metric::size, variant, total_size(variant), total_size(baseline()));
      compare_exact(Metric::build, variant, wall(variant), wall(baseline()));
    }
    rank();
  }

 private:
  const VariantResult& row(const std::string& name) const {
    return *std::ranges::find(results_.variants, name, &VariantResult::name);
  }
  const VariantResult& baseline() const { return row(results_.baseline); }

  /// The variant whose samples speak for this one: itself, or the one with the same code.
  const VariantResult& timed(const VariantResult& variant) const {
    return variant.identical_to ? row(*variant.identical_to) : variant;
  }

  const measure::Series* series(const std::string& workload, const VariantResult& variant) const {
    const auto measured = measurements_.find(workload);
    if (measured == measurements_.end()) return nullptr;
    const auto found =
        std::ranges::find(measured->second.series, timed(variant).name, &measure::Series::name);
    return found == measured->second.series.end() ? nullptr : &*found;
  }

  std::optional<report::Verdict> verdict_without_times(const VariantResult& variant) const {
    switch (variant.status) {
      case Status::failed:
        return report::Verdict::failed;
      case Status::skipped:
        return report::Verdict::skipped;
      case Status::wrong_output:
        return report::Verdict::wrong_output;
      case Status::ok:
        return std::nullopt;
    }
    return std::nullopt;
  }

  report::Comparison blank(Metric metric, const std::optional<std::string>& workload,
                           const VariantResult& variant) const {
    report::Comparison comparison;
    comparison.metric = metric;
    comparison.workload = workload;
    comparison.variant = variant.name;
    comparison.to = results_.baseline;
    comparison.confidence = config_.measure.confidence;
    return comparison;
  }

  void add(report::Comparison comparison, const measure::Comparison& found, bool identical) {
    comparison.effect = found.effect_pct;
    comparison.lo = found.lo_pct;
    comparison.hi = found.hi_pct;
    comparison.verdict = to_report(found.verdict);
    comparison.rounds = found.rounds;
    if (found.rounds_needed) comparison.rounds_needed = std::max(0, *found.rounds_needed - found.rounds);
    comparison.basis = identical ? "identical" : found.basis;
    results_.comparisons.push_back(std::move(comparison));
  }

  /// A variant with the baseline's own code needs no times.
  void add_identical(report::Comparison comparison) {
    comparison.effect = comparison.lo = comparison.hi = 0;
    comparison.verdict = report::Verdict::identical;
    comparison.basis = "identical";
    results_.comparisons.push_back(std::move(comparison));
  }

  void compare(Metric metric, const std::string& workload, const VariantResult& variant) {
    auto comparison = blank(metric, workload, variant);
    if (const auto verdict = verdict_without_times(variant)) {
      comparison.verdict = *verdict;
      results_.comparisons.push_back(std::move(comparison));
      return;
    }
    if (timed(variant).name == results_.baseline) return add_identical(std::move(comparison));
    const auto* base = series(workload, baseline());
    const auto* own = series(workload, variant);
    if (!base || !own) return;
    const auto quantity = metric == Metric::memory ? Quantity::memory : Quantity::wall;
    add(std::move(comparison), measure::compare(*base, *own, claim_, quantity),
        variant.identical_to.has_value());
  }

  std::optional<measure::Differences> combined_differences(const VariantResult& from,
                                                           const VariantResult& to) const {
    std::vector<std::pair<double, measure::Differences>> weighted;
    for (const auto& workload : config_.workloads) {
      const auto* base = series(workload.name, from);
      const auto* own = series(workload.name, to);
      if (!base || !own) continue;
      weighted.emplace_back(workload.weight, measure::differences(*base, *own));
    }
    if (weighted.size() != measurements_.size()) return std::nullopt;
    return measure::combined(weighted);
  }

  void compare_combined(const VariantResult& variant) {
    auto comparison = blank(Metric::runtime, std::nullopt, variant);
    if (variant.status != Status::ok) return;
    if (timed(variant).name == results_.baseline) return add_identical(std::move(comparison));
    if (const auto differences = combined_differences(baseline(), variant)) {
      add(std::move(comparison), measure::compare(*differences, claim_), variant.identical_to.has_value());
    }
  }

  static std::optional<double> total_size(const VariantResult& variant) {
    double sum = 0;
    for (const auto& artifact : variant.artifacts) sum += static_cast<double>(artifact.size.count);
    return sum > 0 ? std::optional(sum) : std::nullopt;
  }

  static std::optional<double> wall(const VariantResult& variant) {
    if (!variant.build || !variant.build->wall) return std::nullopt;
    return seconds(*variant.build->wall);
  }

  /// Sizes are what they are. A build time is one sample: an effect, and no interval.
  void compare_exact(Metric metric, const VariantResult& variant, std::optional<double> value,
                     std::optional<double> base) {
    if (variant.status != Status::ok || !value || !base) return;
    auto comparison = blank(metric, std::nullopt, variant);
    const double effect = 100 * (*value / *base - 1);
    comparison.effect = effect;
    if (metric == Metric::size) {
      comparison.lo = comparison.hi = effect;
      comparison.basis = "exact";
      comparison.confidence = 1;
      comparison.verdict = effect < 0   ? report::Verdict::smaller
                           : effect > 0 ? report::Verdict::larger
                                        : report::Verdict::equivalent;
    } else {
      comparison.basis = "parametric";
      comparison.rounds = static_cast<int>(variant.build->runs.size());
    }
    results_.comparisons.push_back(std::move(comparison));
  }

  // ---- the best of each metric ----

  std::vector<const VariantResult*> candidates() const {
    std::vector<const VariantResult*> found;
    for (const auto& variant : results_.variants) {
      if (variant.status == Status::ok) found.push_back(&variant);
    }
    return found;
  }

  std::optional<double> effect(Metric metric, const std::optional<std::string>& workload,
                               const VariantResult& variant) const {
    if (variant.name == results_.baseline) return 0;
    const auto found = std::ranges::find_if(results_.comparisons, [&](const auto& comparison) {
      return comparison.metric == metric && comparison.workload == workload &&
             comparison.variant == variant.name;
    });
    return found == results_.comparisons.end() ? std::nullopt : found->effect;
  }

  /// The variant with the smallest effect, and those that are not shown to be worse than it.
  template <class Worse>
  std::vector<std::string> best_by(Metric metric, const std::optional<std::string>& workload,
                                   const Worse& worse) const {
    const VariantResult* leader = nullptr;
    for (const auto* variant : candidates()) {
      const auto own = effect(metric, workload, *variant);
      if (own && (!leader || *own < *effect(metric, workload, *leader))) leader = variant;
    }
    std::vector<std::string> names;
    for (const auto* variant : candidates()) {
      if (!leader || !effect(metric, workload, *variant)) continue;
      if (variant == leader || !worse(*leader, *variant)) names.push_back(variant->name);
    }
    return names;
  }

  bool shown_worse(const measure::Differences& differences, Quantity quantity) const {
    const auto found = measure::compare(differences, claim_, quantity);
    return found.lo_pct && *found.lo_pct > 0;
  }

  std::vector<std::string> best_measured(Metric metric, const std::string& workload,
                                         Quantity quantity) const {
    return best_by(metric, workload, [&](const VariantResult& leader, const VariantResult& other) {
      const auto* a = series(workload, leader);
      const auto* b = series(workload, other);
      return a && b && a != b && shown_worse(measure::differences(*a, *b, quantity), quantity);
    });
  }

  void rank() {
    auto& best = results_.best;
    for (const auto& [workload, measured] : measurements_) {
      best.runtime[workload] = best_measured(Metric::runtime, workload, Quantity::wall);
      best.memory[workload] = best_measured(Metric::memory, workload, Quantity::memory);
    }
    if (measurements_.size() == 1) best.runtime[""] = best.runtime.begin()->second;
    if (measurements_.size() > 1) {
      best.runtime[""] = best_by(Metric::runtime, std::nullopt, [&](const auto& leader, const auto& other) {
        const auto differences = combined_differences(leader, other);
        return differences && &timed(leader) != &timed(other) && shown_worse(*differences, Quantity::wall);
      });
    }
    const auto any_more = [](const VariantResult&, const VariantResult&) { return true; };
    best.size = exact_best(&Judge::total_size);
    if (std::ranges::all_of(candidates(), [](const auto* variant) { return wall(*variant).has_value(); })) {
      best.build = best_by(Metric::build, std::nullopt, any_more);
    }
  }

  std::vector<std::string> exact_best(std::optional<double> (*value)(const VariantResult&)) const {
    std::optional<double> least;
    for (const auto* variant : candidates()) {
      if (const auto own = value(*variant); own && (!least || *own < *least)) least = own;
    }
    std::vector<std::string> names;
    for (const auto* variant : candidates()) {
      if (least && value(*variant) == least) names.push_back(variant->name);
    }
    return names;
  }

  const Config& config_;
  const Measurements& measurements_;
  Results& results_;
  measure::Claim claim_;
};

}  // namespace

void decide(const Config& config, const Measurements& measurements, Results& results) {
  Judge(config, measurements, results).run();
  results.recommendation = recommend(results);
}

}  // namespace pgo_orch::orchestrator
