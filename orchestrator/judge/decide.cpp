#include "orchestrator/judge/decide.h"

#include <algorithm>
#include <cmath>

#include "measure/statistics/summary.h"
#include "orchestrator/judge/recommend.h"
#include "report/lookup.h"

namespace pgo_orch::orchestrator {

using measure::Quantity;
using report::Metric;
using report::Results;
using report::Status;
using report::VariantResult;
using report::Verdict;

namespace {

Verdict verdict_of(Status status) {
  switch (status) {
    case Status::failed:
      return Verdict::failed;
    case Status::skipped:
      return Verdict::skipped;
    case Status::wrong_output:
      return Verdict::wrong_output;
    case Status::ok:
      break;
  }
  return Verdict::unresolved;
}

/// One comparison of a variant, or a reference, with the baseline, still without an answer.
report::Comparison question(Metric metric, const std::optional<std::string>& workload, const auto& variant,
                            const Results& results) {
  report::Comparison comparison;
  comparison.metric = metric;
  comparison.workload = workload;
  comparison.variant = variant.name;
  comparison.to = results.baseline;
  comparison.confidence = results.confidence;
  comparison.verdict = verdict_of(variant.status);
  return comparison;
}

void answer(report::Comparison& comparison, const measure::Comparison& found, bool identical) {
  comparison.effect = found.effect_pct;
  comparison.lo = found.lo_pct;
  comparison.hi = found.hi_pct;
  comparison.verdict = found.verdict;
  comparison.rounds = found.rounds;
  // Planning counts all rounds, a reader those still to come: half as many again at the least, since what the
  // formula thinks was enough has not been.
  if (found.rounds_needed) {
    comparison.rounds_needed = std::max(*found.rounds_needed - found.rounds, (found.rounds + 1) / 2);
  }
  comparison.basis = identical ? "identical" : found.basis;
}

/// A variant with the baseline's own code needs no times.
void answer_identical(report::Comparison& comparison) {
  comparison.effect = comparison.lo = comparison.hi = 0;
  comparison.verdict = Verdict::identical;
  comparison.basis = "identical";
}

/// What a copy of the baseline differs by, a variant may differ by as well.
void weigh_against_control(const std::optional<measure::Control>& control, report::Comparison& comparison) {
  if (!control || (comparison.verdict != Verdict::faster && comparison.verdict != Verdict::slower)) return;
  const auto standing = measure::standing_of(*comparison.effect, *control);
  if (standing == measure::Standing::holds) return;
  if (standing == measure::Standing::within_bias) comparison.verdict = Verdict::unresolved;
  if (std::ranges::find(comparison.flags, "floor") == comparison.flags.end())
    comparison.flags.emplace_back("floor");
}

/// What so many rounds of those that still run will about take.
Nanoseconds time_of(int rounds, const measure::Measured& measured) {
  Nanoseconds one{};
  for (const auto& series : measured.series) {
    if (!series.failure.empty() || series.lost) continue;
    const double share =  // of a reference, which runs in some rounds only
        static_cast<double>(series.rounds.size()) / std::max(1, measured.rounds);
    one += Nanoseconds(std::llround(share * static_cast<double>(summarize(series).median.count())));
  }
  return rounds * one;
}

void compare_measured(const Standings& standings, const VariantResult& variant, Metric metric,
                      const std::optional<std::string>& workload, Results& results) {
  auto comparison = question(metric, workload, variant, results);
  if (variant.status == Status::ok) {
    const auto quantity = metric == Metric::memory ? Quantity::memory : Quantity::wall;
    const auto& baseline = standings.baseline();
    const auto found = workload ? standings.compare(*workload, baseline, variant, quantity)
                                : standings.compare_combined(baseline, variant);
    if (standings.timed(variant).name == baseline.name)
      answer_identical(comparison);
    else if (found)
      answer(comparison, *found, variant.identical_to.has_value());
    else
      return;
    if (workload && metric == Metric::runtime) {
      comparison.dominated = standings.lost(*workload, variant);
      if (found) comparison.flags = standings.flags(*workload, variant, *found);
      if (comparison.rounds_needed) {
        comparison.time_needed = time_of(*comparison.rounds_needed, standings.measurements().at(*workload));
      }
      weigh_against_control(standings.control(*workload), comparison);
    }
    if (!workload) {
      comparison.dominated = std::ranges::all_of(
          standings.measurements(), [&](const auto& each) { return standings.lost(each.first, variant); });
      for (const auto& [name, measured] : standings.measurements())  // it is no surer than its parts
        weigh_against_control(standings.control(name), comparison);
    }
  }
  results.comparisons.push_back(std::move(comparison));
}

/// Sizes are what they are.
void compare_sizes(const VariantResult& variant, const VariantResult& baseline, Results& results) {
  const auto own = size_bytes(variant), base = size_bytes(baseline);
  if (variant.status != Status::ok || !own || !base) return;
  auto comparison = question(Metric::size, std::nullopt, variant, results);
  comparison.effect = comparison.lo = comparison.hi = 100 * (*own / *base - 1);
  comparison.basis = "exact";
  comparison.confidence = 1;
  comparison.verdict = *own < *base ? Verdict::smaller : *own > *base ? Verdict::larger : Verdict::equivalent;
  results.comparisons.push_back(std::move(comparison));
}

/// A build that was timed once gives an effect, and no interval.
void compare_builds(const Standings& standings, const VariantResult& variant, Results& results) {
  const auto& baseline = standings.baseline();
  const auto own = build_seconds(variant), base = build_seconds(baseline);
  if (variant.status != Status::ok || !own || !base) return;
  auto comparison = question(Metric::build, std::nullopt, variant, results);
  if (variant.built_once && *variant.identical_to == baseline.name) {
    answer_identical(comparison);
  } else if (const auto found = standings.compare_builds(baseline, variant)) {
    answer(comparison, *found, variant.built_once);
    weigh_against_control(standings.control_of_builds(), comparison);
  } else {
    comparison.effect = 100 * (*own / *base - 1);
    comparison.rounds = static_cast<int>(variant.build->runs.size());
  }
  results.comparisons.push_back(std::move(comparison));
}

/// A reference is never the best, nor lost: it is compared, and that is all.
class ReferenceComparisons {
 public:
  ReferenceComparisons(const Standings& standings, const report::ReferenceResult& reference, Results& results)
      : standings_(standings), reference_(reference), results_(results) {}

  void compare_run(const std::string& workload, Metric metric) {
    auto comparison = asked(metric, workload);
    const auto quantity = metric == Metric::memory ? Quantity::memory : Quantity::wall;
    const auto found = standings_.compare_series(workload, baseline(), reference_.name, quantity);
    if (!found) return;
    if (ok()) {
      answer(comparison, *found, false);
      count_all_rounds(workload, comparison);
      if (metric == Metric::runtime) {
        for (auto& flag : standings_.flags_of_series(workload, baseline(), reference_.name, *found))
          comparison.flags.push_back(std::move(flag));
        weigh_against_control(standings_.control(workload), comparison);
      }
    }
    results_.comparisons.push_back(std::move(comparison));
  }

  void compare_all_runs() {
    auto comparison = asked(Metric::runtime, std::nullopt);
    const auto found = standings_.compare_combined_series(baseline(), reference_.name);
    if (!found) return;
    if (ok()) {
      answer(comparison, *found, false);
      for (const auto& [name, measured] : standings_.measurements())
        weigh_against_control(standings_.control(name), comparison);
    }
    results_.comparisons.push_back(std::move(comparison));
  }

  /// Timed once, as the baseline's: an effect, and no interval.
  void compare_build() {
    const auto base = build_seconds(standings_.baseline());
    if (!ok() || !reference_.build || !reference_.build->wall || !base) return;
    auto comparison = asked(Metric::build, std::nullopt);
    const auto& own_name = standings_.built(standings_.baseline());
    if (const auto found = standings_.compare_built_series(own_name, reference_.name)) {
      answer(comparison, *found, false);
      weigh_against_control(standings_.control_of_builds(), comparison);
    } else {
      comparison.effect = 100 * (seconds(*reference_.build->wall) / *base - 1);
      comparison.rounds = static_cast<int>(reference_.build->runs.size());
    }
    results_.comparisons.push_back(std::move(comparison));
  }

 private:
  /// It runs in some rounds only: those that it still lacks take so many more of all.
  void count_all_rounds(const std::string& workload, report::Comparison& comparison) const {
    if (!comparison.rounds_needed) return;
    const auto& measured = standings_.measurements().at(workload);
    const auto own = std::ranges::find(measured.series, reference_.name, &measure::Series::name);
    const double apart =
        static_cast<double>(measured.rounds) / std::max(1.0, static_cast<double>(own->rounds.size()));
    comparison.rounds_needed = static_cast<int>(std::ceil(*comparison.rounds_needed * apart));
    comparison.time_needed = time_of(*comparison.rounds_needed, measured);
  }

  bool ok() const { return reference_.status == Status::ok; }
  const std::string& baseline() const { return standings_.timed(standings_.baseline()).name; }
  report::Comparison asked(Metric metric, const std::optional<std::string>& workload) const {
    auto comparison = question(metric, workload, reference_, results_);
    comparison.flags = {report::reference_flag};
    return comparison;
  }

  const Standings& standings_;
  const report::ReferenceResult& reference_;
  Results& results_;
};

void compare_reference(const Standings& standings, const measure::Measurements& measurements,
                       const report::ReferenceResult& reference, Results& results) {
  ReferenceComparisons comparisons(standings, reference, results);
  if (reference.of == "build") return comparisons.compare_build();
  for (const auto& [workload, measured] : measurements) {
    comparisons.compare_run(workload, Metric::runtime);
    comparisons.compare_run(workload, Metric::memory);
  }
  if (measurements.size() > 1) comparisons.compare_all_runs();
}

}  // namespace

std::optional<double> build_seconds(const VariantResult& variant) {
  if (!variant.build || !variant.build->wall) return std::nullopt;
  return seconds(*variant.build->wall);
}

std::optional<double> size_bytes(const VariantResult& variant) {
  const auto size = report::total_size(variant);
  return size ? std::optional(static_cast<double>(size->count)) : std::nullopt;
}

void decide(const Config& config, const measure::Measurements& measurements, const measure::Measured& builds,
            Results& results) {
  const Standings standings(config, measurements, builds, results);
  if (builds.rounds > 0) results.builds = {builds.rounds, standings.build_noise_floor_pct()};
  for (const auto& variant : results.variants) {
    if (variant.name == results.baseline) continue;
    for (const auto& [workload, measured] : measurements) {
      compare_measured(standings, variant, Metric::runtime, workload, results);
      compare_measured(standings, variant, Metric::memory, workload, results);
    }
    if (measurements.size() > 1) compare_measured(standings, variant, Metric::runtime, std::nullopt, results);
    compare_sizes(variant, standings.baseline(), results);
    compare_builds(standings, variant, results);
  }
  for (const auto& reference : results.references)
    compare_reference(standings, measurements, reference, results);
  results.best = rank(standings, results);
  results.recommendation = recommend(results);
}

}  // namespace pgo_orch::orchestrator
