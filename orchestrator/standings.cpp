#include "orchestrator/standings.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "measure/few_rounds.h"
#include "measure/flags.h"
#include "measure/looks.h"
#include "orchestrator/measure_stage.h"

namespace pgo_orch::orchestrator {

using report::VariantResult;

namespace {

/// The control is no variant.
std::size_t timed_variants(const Measurements& measurements) {
  std::size_t most = 1;
  for (const auto& [workload, measured] : measurements) {
    const auto count = std::ranges::count_if(measured.series,
                                             [](const auto& series) { return series.name != control_name; });
    most = std::max(most, static_cast<std::size_t>(count));
  }
  return most;
}

}  // namespace

measure::Claim claim_of(const Config& config, std::size_t timed_variants, std::size_t workloads) {
  constexpr std::size_t metrics = 2;
  const std::size_t scopes = workloads + (workloads > 1 ? 1 : 0);
  const std::size_t claims = std::max<std::size_t>(1, (timed_variants - 1) * scopes * metrics);
  return {.confidence = config.measure.confidence,
          .claims = static_cast<int>(claims),
          .precision = config.measure.precision};
}

Standings::Standings(const Config& config, const Measurements& measurements, const report::Results& results)
    : config_(config),
      measurements_(measurements),
      results_(results),
      claim_(claim_of(config, timed_variants(measurements), measurements.size())) {}

const VariantResult& Standings::row(const std::string& name) const {
  return *std::ranges::find(results_.variants, name, &VariantResult::name);
}

const VariantResult& Standings::timed(const VariantResult& variant) const {
  return variant.identical_to ? timed(row(*variant.identical_to)) : variant;
}

std::optional<std::size_t> Standings::position(const measure::Measured& measured,
                                               const VariantResult& variant) const {
  const auto found = std::ranges::find(measured.series, timed(variant).name, &measure::Series::name);
  if (found == measured.series.end()) return std::nullopt;
  return static_cast<std::size_t>(found - measured.series.begin());
}

std::vector<std::string> Standings::flags(const std::string& workload, const VariantResult& variant,
                                          const measure::Comparison& comparison) const {
  const auto& measured = measurements_.at(workload);
  const auto base = position(measured, baseline()), other = position(measured, variant);
  if (!base || !other) return {};
  return measure::flags_of(measured.series[*base], measured.series[*other], comparison, claim_);
}

bool Standings::lost(const std::string& workload, const VariantResult& variant) const {
  const auto& measured = measurements_.at(workload);
  const auto found = position(measured, variant);
  return found && measured.series[*found].lost;
}

std::optional<measure::Control> Standings::control(const std::string& workload) const {
  const auto& measured = measurements_.at(workload);
  const auto copy = std::ranges::find(measured.series, control_name, &measure::Series::name);
  const auto base = position(measured, baseline());
  if (copy == measured.series.end() || !base) return std::nullopt;
  return measure::control_of(measured.series[*base], *copy);
}

std::optional<measure::Comparison> Standings::compare(const std::string& workload, const VariantResult& base,
                                                      const VariantResult& other,
                                                      measure::Quantity quantity) const {
  const auto measured = measurements_.find(workload);
  if (measured == measurements_.end()) return std::nullopt;
  const auto a = position(measured->second, base), b = position(measured->second, other);
  if (!a || !b) return std::nullopt;
  const auto& series = measured->second.series;
  // Too few rounds for ranks to say anything: then noise is taken to be normal. It depends on their number
  // only.
  if (measured->second.rounds < measure::first_look(claim_.alpha())) {
    if (auto found = measure::compare_few_rounds(series, *a, *b, claim_, std::nullopt, quantity))
      return found;
  }
  return measure::compare(series[*a], series[*b], claim_, quantity);
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
  std::vector<std::pair<double, measure::Differences>> weighted;
  LogInterval implied{.estimate = 0, .lo = 0, .hi = 0};
  double weights = 0;
  for (const auto& workload : config_.workloads) {
    const auto measured = measurements_.find(workload.name);
    if (measured == measurements_.end()) continue;
    const auto a = position(measured->second, base), b = position(measured->second, other);
    if (!a || !b) return std::nullopt;
    const auto& series = measured->second.series;
    weighted.emplace_back(workload.weight, measure::differences(series[*a], series[*b]));
    const auto own = to_logs(*compare(workload.name, base, other, measure::Quantity::wall));
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
  found.lo_pct = to_percent(std::max(paired.lo, implied.lo / weights));
  found.hi_pct = to_percent(std::min(paired.hi, implied.hi / weights));
  found.verdict = verdict_of(found);
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
