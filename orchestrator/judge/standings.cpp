#include "orchestrator/judge/standings.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "measure/statistics/few_rounds.h"
#include "measure/statistics/flags.h"
#include "measure/statistics/looks.h"
#include "orchestrator/judge/figure.h"

namespace pgo_orch::orchestrator {

using report::VariantResult;

namespace {

/// The control is no variant.
std::size_t variants_among(const std::vector<measure::Series>& series) {
  return static_cast<std::size_t>(
      std::ranges::count_if(series, [](const auto& each) { return each.name != measure::control_name; }));
}

std::size_t timed_variants(const measure::Measurements& measurements) {
  std::size_t most = 1;
  for (const auto& [workload, measured] : measurements)
    most = std::max(most, variants_among(measured.series));
  return most;
}

std::optional<std::size_t> position_of(const std::vector<measure::Series>& series, const std::string& name) {
  const auto found = std::ranges::find(series, name, &measure::Series::name);
  if (found == series.end()) return std::nullopt;
  return static_cast<std::size_t>(found - series.begin());
}

}  // namespace

measure::Claim claim_of(const Config& config, std::size_t timed_variants, std::size_t workloads,
                        const measure::Measured& builds) {
  constexpr std::size_t metrics = 2;
  constexpr int fewest_rounds = 3;  // of builds that can be told apart at all
  const std::size_t scopes = workloads + (workloads > 1 ? 1 : 0);
  std::size_t claims = timed_variants > 0 ? (timed_variants - 1) * scopes * metrics : 0;
  if (builds.rounds >= fewest_rounds) claims += variants_among(builds.series) - 1;
  claims += static_cast<std::size_t>(claims_of(config.questions, timed_variants, workloads));
  claims = std::max<std::size_t>(1, claims);
  return {.confidence = config.measure.confidence,
          .claims = static_cast<int>(claims),
          .precision = config.measure.precision};
}

Standings::Standings(const Config& config, const measure::Measurements& measurements,
                     const measure::Measured& builds, const report::Results& results)
    : config_(config),
      measurements_(measurements),
      builds_(builds),
      results_(results),
      claim_(claim_of(config, timed_variants(measurements), measurements.size(), builds)) {}

const VariantResult& Standings::row(const std::string& name) const {
  return *std::ranges::find(results_.variants, name, &VariantResult::name);
}

const VariantResult& Standings::timed(const VariantResult& variant) const {
  return variant.identical_to ? timed(row(*variant.identical_to)) : variant;
}

std::optional<std::size_t> Standings::position(const measure::Measured& measured,
                                               const VariantResult& variant) const {
  return position_of(measured.series, timed(variant).name);
}

std::vector<std::string> Standings::flags(const std::string& workload, const VariantResult& variant,
                                          const measure::Comparison& comparison) const {
  return flags_of_series(workload, timed(baseline()).name, timed(variant).name, comparison);
}

std::vector<std::string> Standings::flags_of_series(const std::string& workload, const std::string& base,
                                                    const std::string& other,
                                                    const measure::Comparison& comparison) const {
  const auto& series = measurements_.at(workload).series;
  const auto a = position_of(series, base), b = position_of(series, other);
  if (!a || !b) return {};
  return measure::flags_of(series[*a], series[*b], comparison, claim_);
}

bool Standings::lost(const std::string& workload, const VariantResult& variant) const {
  const auto& measured = measurements_.at(workload);
  const auto found = position(measured, variant);
  return found && measured.series[*found].lost;
}

namespace {

/// Of single rounds: where there are too few for blocks.
std::optional<double> single_noise_floor_pct(const measure::Measured& measured,
                                             std::optional<std::size_t> base) {
  const auto copy = position_of(measured.series, measure::control_name);
  if (!base || !copy) return std::nullopt;
  return measure::noise_floor_pct(measure::differences(measured.series[*base], measured.series[*copy]), 1);
}

}  // namespace

/// Other than its run time, a variant's build is its own even if its code is another's; unless that one's
/// build stands for it.
const std::string& Standings::built(const VariantResult& variant) const {
  return variant.built_once ? *variant.identical_to : variant.name;
}

std::optional<std::size_t> Standings::position_of_build(const VariantResult& variant) const {
  return position_of(builds_.series, built(variant));
}

std::optional<measure::Control> Standings::control(const measure::Measured& measured,
                                                   std::optional<std::size_t> base) const {
  const auto copy = position_of(measured.series, measure::control_name);
  if (!copy || !base) return std::nullopt;
  return measure::control_of(measured.series[*base], measured.series[*copy]);
}

bool Standings::capped(const std::string& workload, const VariantResult& variant) const {
  const auto& measured = measurements_.at(workload);
  const auto found = position(measured, variant);
  return found && std::ranges::any_of(measured.series[*found].samples, &measure::Sample::capped);
}

std::optional<measure::Control> Standings::control(const std::string& workload) const {
  const auto& measured = measurements_.at(workload);
  return control(measured, position(measured, baseline()));
}

std::optional<measure::Control> Standings::control_of_builds() const {
  auto found = control(builds_, position_of_build(baseline()));
  if (found) found->noise_floor_pct = build_noise_floor_pct();
  return found;
}

/// Every build is made afresh, so each round is a block of its own.
std::optional<double> Standings::build_noise_floor_pct() const {
  return single_noise_floor_pct(builds_, position_of_build(baseline()));
}

std::optional<measure::Comparison> Standings::compare(const std::string& workload, const VariantResult& base,
                                                      const VariantResult& other,
                                                      measure::Quantity quantity) const {
  return compare_series(workload, timed(base).name, timed(other).name, quantity);
}

std::optional<measure::Comparison> Standings::compare_series(const std::string& workload,
                                                             const std::string& base,
                                                             const std::string& other,
                                                             measure::Quantity quantity) const {
  const auto measured = measurements_.find(workload);
  if (measured == measurements_.end()) return std::nullopt;
  const auto& series = measured->second.series;
  const auto a = position_of(series, base), b = position_of(series, other);
  if (!a || !b) return std::nullopt;
  // Too few rounds for ranks to say anything: then noise is taken to be normal. It depends on their number
  // only. A reference has fewer than the measurement.
  const auto& has_fewer = series[*b].rounds.size() < series[*a].rounds.size() ? series[*b] : series[*a];
  const bool sparse = find_reference(config_, base) || find_reference(config_, other);
  const int rounds = sparse ? static_cast<int>(has_fewer.rounds.size()) : measured->second.rounds;
  if (rounds < measure::first_look(claim_.alpha())) {
    std::optional<double> floor;  // of wall time
    if (quantity == measure::Quantity::wall)
      floor = single_noise_floor_pct(measured->second, position(measured->second, baseline()));
    if (auto found = measure::compare_few_rounds(series, *a, *b, claim_, floor, quantity)) return found;
  }
  return measure::compare(series[*a], series[*b], claim_, quantity);
}

std::optional<measure::Comparison> Standings::compare_builds(const VariantResult& base,
                                                             const VariantResult& other) const {
  return compare_built_series(built(base), built(other));
}

std::optional<measure::Comparison> Standings::compare_built_series(const std::string& base,
                                                                   const std::string& other) const {
  const auto a = position_of(builds_.series, base), b = position_of(builds_.series, other);
  if (!a || !b) return std::nullopt;
  const auto& series = builds_.series;
  const auto shared = static_cast<int>(measure::differences(series[*a], series[*b]).size());
  if (shared < measure::first_look(claim_.alpha())) {
    if (auto found = measure::compare_few_rounds(series, *a, *b, claim_, build_noise_floor_pct()))
      return found;
  }
  return measure::compare(series[*a], series[*b], claim_);
}

namespace {

/// In logarithms, where the weighted mean of intervals that hold at once holds for the weighted mean of
/// effects.
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

std::optional<measure::Comparison> Standings::compare_combined(const VariantResult& base,
                                                               const VariantResult& other) const {
  return compare_combined_series(timed(base).name, timed(other).name);
}

std::optional<measure::Comparison> Standings::compare_combined_series(const std::string& base,
                                                                      const std::string& other) const {
  std::vector<std::pair<double, measure::Differences>> weighted;
  LogInterval implied{.estimate = 0, .lo = 0, .hi = 0};
  double weights = 0;
  bool parametric = false;
  for (const auto& workload : config_.workloads) {
    const auto measured = measurements_.find(workload.name);
    if (measured == measurements_.end()) continue;
    const auto& series = measured->second.series;
    const auto a = position_of(series, base), b = position_of(series, other);
    if (!a || !b) return std::nullopt;
    weighted.emplace_back(workload.weight, measure::differences(series[*a], series[*b]));
    const auto compared = *compare_series(workload.name, base, other, measure::Quantity::wall);
    parametric = parametric || compared.basis == std::string_view("parametric");
    const auto own = to_logs(compared);
    implied.estimate += workload.weight * own.estimate;
    implied.lo += workload.weight * own.lo;
    implied.hi += workload.weight * own.hi;
    weights += workload.weight;
  }
  // Rounds that all workloads have pair up; the rest of a workload with more of them speaks through its own
  // interval.
  auto found = measure::compare(measure::combined(weighted), claim_);
  auto paired = to_logs(found);
  found.effect_pct = to_percent(implied.estimate / weights);
  const double lo = std::max(paired.lo, implied.lo / weights), hi = std::min(paired.hi, implied.hi / weights);
  // The two are of slightly different averages: where noise is skewed they may miss each other.
  found.lo_pct = to_percent(lo <= hi ? lo : implied.lo / weights);
  found.hi_pct = to_percent(lo <= hi ? hi : implied.hi / weights);
  if (parametric) found.basis = "parametric";
  found.verdict = verdict_of(found);
  if (found.verdict != measure::Verdict::unresolved) found.rounds_needed.reset();
  return found;
}

measure::Verdict Standings::verdict_of(const measure::Comparison& comparison) const {
  const double precision = 100 * claim_.precision;
  if (comparison.lo_pct && comparison.hi_pct && *comparison.lo_pct >= -precision &&
      *comparison.hi_pct <= precision) {
    return measure::Verdict::equivalent;
  }
  if (comparison.hi_pct && *comparison.hi_pct < 0) return measure::Verdict::faster;
  if (comparison.lo_pct && *comparison.lo_pct > 0) return measure::Verdict::slower;
  return measure::Verdict::unresolved;
}

}  // namespace pgo_orch::orchestrator
