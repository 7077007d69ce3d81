#include "measure/statistics/verdict.h"

#include <algorithm>
#include <cmath>

#include "measure/statistics/looks.h"
#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {
namespace {

constexpr double power = 0.84;        // z of 80 %
constexpr double efficiency = 0.955;  // 3 / pi
constexpr double most_rounds = 1e6;   // beyond it the figure only says: not this way

std::vector<double> values_of(const Differences& differences, double Difference::* bound,
                              std::size_t rounds) {
  std::vector<double> values;
  for (const auto& [round, difference] : differences)
    if (values.size() < rounds) values.push_back(difference.*bound);
  return values;
}

Verdict verdict_on(const Interval& interval, double precision, Quantity quantity) {
  const double margin = 100 * precision;
  if (interval.bounded() && to_percent(*interval.lo) >= -margin && to_percent(*interval.hi) <= margin)
    return Verdict::equivalent;
  if (!interval.excludes_zero()) return Verdict::unresolved;
  const bool less = interval.hi && *interval.hi < 0;
  if (quantity == Quantity::memory) return less ? Verdict::smaller : Verdict::larger;
  return less ? Verdict::faster : Verdict::slower;
}

std::optional<double> percent(const std::optional<double>& log_ratio) {
  if (!log_ratio) return std::nullopt;
  return to_percent(*log_ratio);
}

Comparison nothing_to_compare(const Claim& claim) {
  Comparison result;
  result.confidence = claim.confidence;
  result.rounds_needed = first_look(claim.alpha());
  return result;
}

}  // namespace

Comparison judge(const Interval& interval, const Claim& claim, Quantity quantity) {
  Comparison result;
  result.effect_pct = to_percent(interval.estimate);
  result.lo_pct = percent(interval.lo);
  result.hi_pct = percent(interval.hi);
  result.verdict = verdict_on(interval, claim.precision, quantity);
  result.confidence = claim.confidence;
  return result;
}

Comparison compare(const Differences& differences, const Claim& claim, Quantity quantity) {
  if (differences.empty()) return nothing_to_compare(claim);
  const auto look = latest_look(static_cast<int>(differences.size()), claim.alpha());
  constexpr double no_error = 1e-30;  // less than any rank sum is likely: leaves the interval unbounded
  const std::size_t rounds = look ? static_cast<std::size_t>(look->rounds) : differences.size();
  const auto values = [&](double Difference::* bound) { return values_of(differences, bound, rounds); };
  const Interval interval = hodges_lehmann(values(&Difference::value), values(&Difference::least),
                                           values(&Difference::most), look ? look->alpha : no_error);
  Comparison result = judge(interval, claim, quantity);
  result.rounds = static_cast<int>(rounds);
  if (result.verdict == Verdict::unresolved)
    result.rounds_needed = rounds_to_resolve(differences, interval.estimate, claim);
  return result;
}

Comparison compare(const Series& baseline, const Series& variant, const Claim& claim, Quantity quantity) {
  if (variant.failure.empty()) return compare(differences(baseline, variant, quantity), claim, quantity);
  Comparison result;
  result.confidence = claim.confidence;
  result.verdict = Verdict::failed;
  return result;
}

std::optional<int> rounds_to_resolve(const Differences& differences, double theta, const Claim& claim) {
  const double delta = std::max(std::abs(theta), std::log1p(claim.precision) - std::abs(theta));
  if (delta <= 0) return std::nullopt;
  const double sigma =
      1.4826 * median_absolute_deviation(values_of(differences, &Difference::value, differences.size()));
  for (int rounds = next_look(static_cast<int>(differences.size()));; rounds = next_look(rounds)) {
    const auto look = latest_look(rounds, claim.alpha());
    if (!look) continue;
    const double z = normal_quantile_above(look->alpha / 2);
    const double needed = std::pow((z + power) * sigma / delta, 2) / efficiency;
    if (rounds >= needed || rounds >= most_rounds) return rounds;
  }
}

}  // namespace pgo_orch::measure
