#include "orchestrator/judge/decide.h"

#include <algorithm>
#include <cmath>

#include "measure/statistics/series.h"
#include "orchestrator/config/find.h"
#include "report/lookup.h"

namespace pgo_orch::orchestrator {

using measure::Basis;
using measure::Flag;
using report::Metric;
using report::Rows;
using report::Status;
using report::VariantResult;
using report::Verdict;

namespace {

Verdict verdict_of(Status status) {
  return status == Status::failed         ? Verdict::failed
         : status == Status::skipped      ? Verdict::skipped
         : status == Status::wrong_output ? Verdict::wrong_output
                                          : Verdict::unresolved;
}

void answer(report::Comparison& comparison, const measure::Comparison& found, bool identical) {
  comparison.effect = found.effect_pct;
  comparison.lo = found.lo_pct;
  comparison.hi = found.hi_pct;
  comparison.verdict = found.verdict;
  comparison.rounds = found.rounds;
  if (found.error > 0) comparison.error = found.error;
  // Planning counts all rounds, a reader those still to come: at least half as many again, since what the
  // formula took for enough was not.
  if (found.rounds_needed) {
    comparison.rounds_needed = std::max(*found.rounds_needed - found.rounds, (found.rounds + 1) / 2);
  }
  comparison.basis = identical ? Basis::identical : found.basis;
}

/// A variant with the baseline's own code needs no times.
void answer_identical(report::Comparison& comparison) {
  comparison.effect = comparison.lo = comparison.hi = 0;
  comparison.verdict = Verdict::identical;
  comparison.basis = Basis::identical;
}

/// A variant may differ from the baseline by as much as the baseline's own copy does.
void weigh_against_control(const std::optional<measure::Control>& control, report::Comparison& comparison) {
  if (!control || (comparison.verdict != Verdict::faster && comparison.verdict != Verdict::slower)) return;
  const auto standing = measure::standing_of(*comparison.effect, *control);
  if (standing == measure::Standing::holds) return;
  if (standing == measure::Standing::within_bias) comparison.verdict = Verdict::unresolved;
  if (!comparison.has(Flag::floor)) comparison.flags.push_back(Flag::floor);
}

std::optional<double> seconds_of(const report::Build* build) {
  return build && build->wall ? std::optional(seconds(*build->wall)) : std::nullopt;
}

/// Fills in the comparisons of one run, in their order.
class Comparisons {
 public:
  Comparisons(const Standings& standings, const Measure& measure)
      : standings_(standings), confidence_(measure.confidence), with_cpu_(claims_cpu_time(measure)) {}

  void compare_runs(const Party& party) {
    for (const auto& [workload, measured] : standings_.measurements()) {
      compare_run(party, Metric::runtime, workload);
      if (with_cpu_) compare_run(party, Metric::cpu, workload);
      compare_run(party, Metric::memory, workload);
    }
    if (standings_.measurements().size() < 2) return;
    compare_run(party, Metric::runtime, std::nullopt);
    if (with_cpu_) compare_run(party, Metric::cpu, std::nullopt);
  }

  /// Sizes are exact.
  void compare_sizes(const Party& party) {
    const auto own = size_bytes(*party.variant), base = size_bytes(standings_.baseline());
    if (party.status != Status::ok || !own || !base) return;
    auto comparison = question(Metric::size, std::nullopt, party);
    comparison.effect = comparison.lo = comparison.hi = 100 * (*own / *base - 1);
    comparison.basis = Basis::exact;
    comparison.confidence = 1;
    comparison.verdict = *own < *base   ? Verdict::smaller
                         : *own > *base ? Verdict::larger
                                        : Verdict::equivalent;
    found_.push_back(std::move(comparison));
  }

  /// A build that was timed once gives an effect and no interval.
  void compare_builds(const Party& party) {
    const auto& baseline = standings_.baseline();
    const auto own = seconds_of(party.build), base = build_seconds(baseline);
    if (party.status != Status::ok || !own || !base) return;
    auto comparison = question(Metric::build, std::nullopt, party);
    if (party.built == standings_.id(baseline)) {
      answer_identical(comparison);
    } else if (const auto found = standings_.compare_builds(standings_.built(baseline), party.built)) {
      answer(comparison, *found, party.built != party.id);
      weigh_against_control(standings_.control_of_builds(), comparison);
    } else {
      comparison.effect = 100 * (*own / *base - 1);
      comparison.rounds = static_cast<int>(party.build->runs.size());
    }
    found_.push_back(std::move(comparison));
  }

  /// Of run time, with the variant that was trained with it as well; no value: either was not timed there.
  std::optional<report::Comparison> compare_loss(const Party& party, const Party& whole,
                                                 const std::string& workload) const {
    if (party.status != Status::ok || whole.status != Status::ok ||
        !standings_.measurements().contains(workload))
      return std::nullopt;
    auto comparison = question(Metric::runtime, workload, party);
    comparison.to = whole.name;
    if (party.timed == whole.timed) {
      answer_identical(comparison);
      return comparison;
    }
    const auto found = standings_.compare(workload, whole.timed, party.timed, measure::Quantity::wall);
    if (!found) return std::nullopt;
    answer(comparison, *found, false);
    weigh_against_controls(workload, comparison);
    return comparison;
  }

  std::vector<report::Comparison> take() { return std::move(found_); }

 private:
  void compare_run(const Party& party, Metric metric, const Scope& scope) {
    const SeriesId baseline = standings_.timed(standings_.baseline());
    const auto found = standings_.compare(scope, baseline, party.timed, quantity_of(metric));
    if (party.reference && !found) return;
    auto comparison = question(metric, scope, party);
    if (party.status == Status::ok) {
      if (party.timed == baseline)
        answer_identical(comparison);
      else if (found)
        answer(comparison, *found, party.timed != party.id);
      else
        return;
      if (party.reference && scope) count_all_rounds(party, *scope, comparison);
      if (metric == Metric::runtime) qualify(party, scope, found, comparison);
      if (metric != Metric::memory) weigh_against_controls(scope, comparison);
      if (metric != Metric::memory && scope && party.variant && !party.variant->left_out)
        if (const auto flag = standings_.guard(*scope, quantity_of(metric), comparison))
          comparison.flags.push_back(*flag);
    }
    found_.push_back(std::move(comparison));
  }

  /// Adds whether it was dropped, its flags and the time that would decide it.
  void qualify(const Party& party, const Scope& scope, const std::optional<measure::Comparison>& found,
               report::Comparison& comparison) const {
    comparison.dominated = standings_.lost(scope, party.timed);
    if (scope && found)
      std::ranges::move(standings_.flags(*scope, party.timed, *found), std::back_inserter(comparison.flags));
    if (scope && comparison.rounds_needed)
      comparison.time_needed = *comparison.rounds_needed * round_time(standings_.measurements().at(*scope));
  }

  /// A comparison of all workloads together is only as certain as its parts.
  void weigh_against_controls(const Scope& scope, report::Comparison& comparison) const {
    for (const auto& [workload, measured] : standings_.measurements())
      if (!scope || workload == *scope)
        weigh_against_control(standings_.control(workload, quantity_of(comparison.metric)), comparison);
  }

  /// A reference runs in some rounds only, so the rounds that it still needs take more rounds of all.
  void count_all_rounds(const Party& party, const std::string& workload,
                        report::Comparison& comparison) const {
    if (!comparison.rounds_needed) return;
    const auto& measured = standings_.measurements().at(workload);
    const auto* own = find_by(measured.series, &measure::Series::id, party.timed);
    const double apart =
        static_cast<double>(measured.rounds) / std::max(1.0, static_cast<double>(own->rounds.size()));
    comparison.rounds_needed = static_cast<int>(std::ceil(*comparison.rounds_needed * apart));
    comparison.time_needed = *comparison.rounds_needed * round_time(measured);
  }

  /// Still without an answer.
  report::Comparison question(Metric metric, const Scope& scope, const Party& party) const {
    report::Comparison comparison;
    comparison.metric = metric;
    comparison.workload = scope;
    comparison.variant = party.name;
    comparison.to = standings_.baseline().name;
    comparison.confidence = confidence_;
    comparison.verdict = verdict_of(party.status);
    if (party.reference) comparison.flags = {Flag::reference};
    return comparison;
  }

  const Standings& standings_;
  double confidence_;
  bool with_cpu_;
  std::vector<report::Comparison> found_;
};

}  // namespace

std::optional<double> build_seconds(const VariantResult& variant) {
  return variant.build ? seconds_of(&*variant.build) : std::nullopt;
}

std::optional<double> size_bytes(const VariantResult& variant) {
  const auto size = report::total_size(variant);
  return size ? std::optional(static_cast<double>(size->count)) : std::nullopt;
}

report::Verdicts compare_with_baseline(const Config& config, const Timings& timings, const Rows& rows) {
  const Standings standings(config, timings, rows);
  report::Verdicts compared;
  if (timings.builds.rounds > 0) compared.builds = {timings.builds.rounds, standings.build_noise_floor_pct()};
  Comparisons comparisons(standings, config.measure);
  for (const auto& variant : rows.variants) {
    if (variant.name == rows.baseline || variant.left_out) continue;
    const Party party = party_of(variant, rows);
    comparisons.compare_runs(party);
    comparisons.compare_sizes(party);
    comparisons.compare_builds(party);
  }
  for (const auto& row : rows.references) {
    const Party party = party_of(row, rows);
    if (row.of == PhaseOf::build)
      comparisons.compare_builds(party);
    else
      comparisons.compare_runs(party);
  }
  compared.comparisons = comparisons.take();
  return compared;
}

std::vector<report::HeldOut> compare_left_out(const Config& config, const Timings& timings,
                                              const Rows& rows) {
  const Standings standings(config, timings, rows);
  std::vector<report::HeldOut> all;
  for (const auto& variant : rows.variants) {
    if (!variant.left_out) continue;
    const Party party = party_of(variant, rows);
    Comparisons comparisons(standings, config.measure);
    comparisons.compare_runs(party);
    auto& held_out = all.emplace_back(report::HeldOut{variant, comparisons.take(), {}});
    if (const auto* whole = rows.variant(variant.left_out->variant))
      held_out.loss = comparisons.compare_loss(party, party_of(*whole, rows), variant.left_out->workload);
  }
  return all;
}

}  // namespace pgo_orch::orchestrator
