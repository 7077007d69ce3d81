#include "orchestrator/judge/standings.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "measure/statistics/verdict.h"
#include "orchestrator/config/find.h"
#include "orchestrator/judge/figure.h"

namespace pgo_orch::orchestrator {

using measure::Measured;
using measure::Series;

namespace {

/// Without the control.
std::size_t variants_among(const std::vector<Series>& series) {
  return static_cast<std::size_t>(
      std::ranges::count_if(series, [](const auto& each) { return each.id != measure::control_id; }));
}

std::vector<std::string> names_of(const measure::Measurements& measurements) {
  std::vector<std::string> names;
  for (const auto& [workload, measured] : measurements) names.push_back(workload);
  return names;
}

std::size_t timed_variants(const measure::Measurements& measurements) {
  std::size_t most = 1;
  for (const auto& [workload, measured] : measurements)
    most = std::max(most, variants_among(measured.series));
  return most;
}

/// Positions of two series; no value if either is not there.
struct Pair {
  std::size_t base, other;
};

std::optional<Pair> find_pair(const Measured& measured, SeriesId base, SeriesId other) {
  const auto position = [&](SeriesId id) {
    return static_cast<std::size_t>(std::ranges::find(measured.series, id, &Series::id) -
                                    measured.series.begin());
  };
  const Pair found{position(base), position(other)};
  if (std::max(found.base, found.other) == measured.series.size()) return std::nullopt;
  return found;
}

/// What a copy of the baseline is against it.
std::optional<measure::Control> control_in(const Measured& measured, SeriesId base,
                                           measure::Quantity quantity = measure::Quantity::wall) {
  const auto pair = find_pair(measured, base, measure::control_id);
  if (!pair) return std::nullopt;
  return measure::control_of(measured.series[pair->base], measured.series[pair->other], quantity);
}

/// Of single rounds: where there are too few for blocks.
std::optional<double> single_noise_floor_pct(const Measured& measured, SeriesId base) {
  const auto pair = find_pair(measured, base, measure::control_id);
  if (!pair) return std::nullopt;
  return measure::noise_floor_pct(
      measure::differences(measured.series[pair->base], measured.series[pair->other]), 1);
}

}  // namespace

std::size_t losses_among(const report::Rows& rows, const std::vector<std::string>& workloads) {
  return static_cast<std::size_t>(std::ranges::count_if(rows.variants, [&](const auto& row) {
    const auto* other = row.left_out ? rows.variant(row.left_out->variant) : nullptr;
    return other && contains(workloads, row.left_out->workload) &&
           &rows.original(row) != &rows.original(*other);
  }));
}

measure::Claim claim_of(const Config& config, std::size_t timed_variants, std::size_t workloads,
                        const measure::Measured& builds, std::size_t losses) {
  constexpr int fewest_rounds = 3;  // of builds: with fewer nothing can be shown
  const std::size_t scopes = workloads + (workloads > 1 ? 1 : 0);
  std::size_t claims = timed_variants > 0 ? (timed_variants - 1) * scopes : 0;
  if (builds.rounds >= fewest_rounds) claims += variants_among(builds.series) - 1;
  claims += static_cast<std::size_t>(claims_of(config.questions, timed_variants, workloads));
  claims = std::max<std::size_t>(1, claims + losses);
  return {.confidence = config.measure.confidence,
          .claims = static_cast<double>(claims),
          .precision = config.measure.precision};
}

bool claims_cpu_time(const Measure& measure) {
  return contains(measure.metrics, measure::Metric::cpu);
}

measure::Quantity quantity_of(measure::Metric metric) {
  return metric == measure::Metric::memory ? measure::Quantity::memory
         : metric == measure::Metric::cpu  ? measure::Quantity::cpu
                                           : measure::Quantity::wall;
}

measure::Claim claim_about(measure::Quantity quantity, measure::Claim claim, const Measure& measure) {
  constexpr double memory = 0.1, runtime = 0.6, cpu = 0.3;
  double part = claims_cpu_time(measure) ? runtime : runtime + cpu;
  if (quantity == measure::Quantity::memory) part = memory;
  if (quantity == measure::Quantity::cpu) part = cpu;
  claim.claims /= part;
  return claim;
}

Standings::Standings(const Config& config, const Timings& timings, const report::Rows& rows)
    : config_(config),
      timings_(timings),
      rows_(rows),
      baseline_(rows.id(*rows.variant(rows.baseline))),
      claim_(claim_of(config, timed_variants(timings.runs), timings.runs.size(), timings.builds,
                      losses_among(rows, names_of(timings.runs)))) {}

measure::Verdict verdict_of(const std::optional<double>& lo, const std::optional<double>& hi,
                            double precision) {
  const double margin = 100 * precision;
  if (lo && hi && *lo >= -margin && *hi <= margin) return measure::Verdict::equivalent;
  if (hi && *hi < 0) return measure::Verdict::faster;
  return lo && *lo > 0 ? measure::Verdict::slower : measure::Verdict::unresolved;
}

std::vector<measure::Flag> Standings::flags(const std::string& workload, SeriesId other,
                                            const measure::Comparison& comparison) const {
  const auto& measured = timings_.runs.at(workload);
  const auto pair = find_pair(measured, timed(baseline()), other);
  if (!pair) return {};
  return measure::flags_of(measured.series[pair->base], measured.series[pair->other], comparison,
                           claim_about(measure::Quantity::wall, claim_, config_.measure),
                           measured.ends.closing());
}

bool Standings::lost(const Scope& scope, SeriesId id) const {
  return std::ranges::all_of(timings_.runs, [&](const auto& each) {
    const auto* found = find_by(each.second.series, &Series::id, id);
    return (scope && *scope != each.first) || (found && found->lost);
  });
}

bool Standings::capped(const std::string& workload, SeriesId id) const {
  const auto* found = find_by(timings_.runs.at(workload).series, &Series::id, id);
  return found && std::ranges::any_of(found->samples, &measure::Sample::capped);
}

std::optional<measure::Control> Standings::control(const std::string& workload,
                                                   measure::Quantity quantity) const {
  return control_in(timings_.runs.at(workload), timed(baseline()), quantity);
}

std::optional<measure::Control> Standings::control_of_builds() const {
  auto found = control_in(timings_.builds, built(baseline()));
  if (found) found->noise_floor_pct = build_noise_floor_pct();
  return found;
}

std::optional<measure::Flag> Standings::guard(const std::string& workload, measure::Quantity quantity,
                                              const report::Comparison& comparison) const {
  const bool of_cpu = quantity == measure::Quantity::cpu;
  const auto [fraction, floor] =
      guard_of(config_, workload, of_cpu ? measure::Metric::cpu : measure::Metric::runtime);
  const auto* series = find_by(timings_.runs.at(workload).series, &Series::id, timed(baseline()));
  if (!fraction || !series || !comparison.effect) return std::nullopt;
  const auto summary = measure::summarize(*series);
  const double time = seconds(of_cpu ? summary.user + summary.system : summary.median);
  const double edge = 100 * (time > 0 ? std::max(*fraction, seconds(floor) / time) : *fraction);
  // With a guard below the precision it can be shown to be beyond, and equivalent.
  if (comparison.verdict != measure::Verdict::unresolved && comparison.lo && *comparison.lo > edge)
    return measure::Flag::guard;
  if (!comparison.hi || *comparison.hi > edge) return measure::Flag::guard_open;
  return std::nullopt;
}

/// Every build is made afresh, so each round is a block of its own.
std::optional<double> Standings::build_noise_floor_pct() const {
  return single_noise_floor_pct(timings_.builds, built(baseline()));
}

std::optional<measure::Comparison> Standings::compare(const Scope& scope, SeriesId base, SeriesId other,
                                                      measure::Quantity quantity) const {
  if (!scope) return compare_combined(base, other, quantity);
  const auto measured = timings_.runs.find(*scope);
  if (measured == timings_.runs.end()) return std::nullopt;
  const auto& series = measured->second.series;
  const auto pair = find_pair(measured->second, base, other);
  if (!pair) return std::nullopt;
  // Too few rounds for ranks to say anything: then noise is assumed to be normal. This depends on their
  // number only. A reference has fewer than the measurement.
  const bool sparse = is_reference(base) || is_reference(other);
  const auto fewer = std::min(series[pair->base].rounds.size(), series[pair->other].rounds.size());
  const int rounds = sparse ? static_cast<int>(fewer) : measured->second.rounds;
  const auto claim = claim_about(quantity, claim_, config_.measure);
  if (rounds < measure::first_look(claim.alpha())) {
    std::optional<double> floor;  // of wall time
    if (quantity == measure::Quantity::wall)
      floor = single_noise_floor_pct(measured->second, timed(baseline()));
    if (auto found = measure::compare_few_rounds(series, pair->base, pair->other, claim, floor, quantity))
      return found;
  }
  return measure::compare(series[pair->base], series[pair->other], claim, quantity,
                          measured->second.ends.closing());
}

std::optional<measure::Comparison> Standings::compare_builds(SeriesId base, SeriesId other) const {
  const auto pair = find_pair(timings_.builds, base, other);
  if (!pair) return std::nullopt;
  const auto& series = timings_.builds.series;
  const auto shared = static_cast<int>(measure::differences(series[pair->base], series[pair->other]).size());
  if (shared < measure::first_look(claim_.alpha())) {
    if (auto found =
            measure::compare_few_rounds(series, pair->base, pair->other, claim_, build_noise_floor_pct()))
      return found;
  }
  return measure::compare(series[pair->base], series[pair->other], claim_);
}

namespace {

/// In logarithms, where the weighted mean of intervals that hold at once holds for the weighted
/// mean of effects.
struct LogInterval {
  double estimate = 0;
  double lo = -std::numeric_limits<double>::infinity();
  double hi = std::numeric_limits<double>::infinity();
};

LogInterval to_logs(const measure::Comparison& comparison) {
  const auto log_of = [](double percent) { return std::log1p(percent / 100); };
  LogInterval interval;
  if (comparison.effect_pct) interval.estimate = log_of(*comparison.effect_pct);
  if (comparison.lo_pct) interval.lo = log_of(*comparison.lo_pct);
  if (comparison.hi_pct) interval.hi = log_of(*comparison.hi_pct);
  return interval;
}

std::optional<double> to_percent(double logarithm) {
  if (!std::isfinite(logarithm)) return std::nullopt;
  return 100 * std::expm1(logarithm);
}

}  // namespace

std::optional<measure::Comparison> Standings::compare_combined(SeriesId base, SeriesId other,
                                                               measure::Quantity quantity) const {
  std::vector<std::pair<double, measure::Differences>> weighted;
  LogInterval implied{.estimate = 0, .lo = 0, .hi = 0};
  double weights = 0;
  bool parametric = false;
  std::optional<int> ends;  // closed only if all of them are
  for (const auto& workload : config_.workloads) {
    const auto measured = timings_.runs.find(workload.name);
    if (measured == timings_.runs.end()) continue;
    const auto& series = measured->second.series;
    const auto pair = find_pair(measured->second, base, other);
    if (!pair) return std::nullopt;
    weighted.emplace_back(workload.weight,
                          measure::differences(series[pair->base], series[pair->other], quantity));
    const bool left_early = series[pair->base].lost || series[pair->other].lost;
    const int own_ends = left_early ? 0 : measured->second.ends.closing();
    ends = own_ends == 0 ? 0 : ends == 0 ? 0 : std::max(ends.value_or(0), own_ends);
    const auto compared = *compare(workload.name, base, other, quantity);
    parametric = parametric || compared.basis == measure::Basis::parametric;
    const auto own = to_logs(compared);
    implied.estimate += workload.weight * own.estimate;
    implied.lo += workload.weight * own.lo;
    implied.hi += workload.weight * own.hi;
    weights += workload.weight;
  }
  // Rounds that all workloads have are paired; a workload's further rounds count through its own interval.
  auto found = measure::compare(measure::combined(weighted), claim_about(quantity, claim_, config_.measure),
                                quantity, ends.value_or(0));
  const auto paired = to_logs(found);
  found.effect_pct = to_percent(implied.estimate / weights);
  const double lo = std::max(paired.lo, implied.lo / weights), hi = std::min(paired.hi, implied.hi / weights);
  // The two are about slightly different averages: with skewed noise they may not overlap.
  found.lo_pct = to_percent(lo <= hi ? lo : implied.lo / weights);
  found.hi_pct = to_percent(lo <= hi ? hi : implied.hi / weights);
  if (parametric) found.basis = measure::Basis::parametric;
  found.verdict = verdict_of(found.lo_pct, found.hi_pct, claim_.precision);
  if (found.verdict != measure::Verdict::unresolved) found.rounds_needed.reset();
  return found;
}

}  // namespace pgo_orch::orchestrator
