#include "measure/statistics/flags.h"

#include <cmath>

#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {
namespace {

std::vector<double> seconds_of(const Series& series, const Differences& common) {
  std::vector<double> times;
  for (std::size_t i = 0; i < series.samples.size(); ++i)
    if (common.contains(series.rounds[i])) times.push_back(seconds(series.samples[i].wall));
  return times;
}

std::vector<double> logs_of(std::vector<double> values) {
  for (double& value : values) value = std::log(value);
  return values;
}

bool disagrees(const Comparison& cpu, const Comparison& wall) {
  if (!cpu.lo_pct || !cpu.hi_pct) return false;
  const bool opposite = *wall.effect_pct < 0 ? *cpu.lo_pct > 0 : *cpu.hi_pct < 0;
  return opposite || (wall.hi_pct && *cpu.lo_pct > *wall.hi_pct) ||
         (wall.lo_pct && *cpu.hi_pct < *wall.lo_pct);
}

}  // namespace

std::vector<Flag> flags_of(const Series& baseline, const Series& variant, const Comparison& wall,
                           const Claim& claim) {
  if (wall.verdict != Verdict::faster && wall.verdict != Verdict::slower) return {};
  std::vector<Flag> flags;
  if (disagrees(compare(baseline, variant, claim, Quantity::cpu), wall)) flags.push_back(Flag::cpu_differs);
  const auto common = differences(baseline, variant);
  const auto before = seconds_of(baseline, common), after = seconds_of(variant, common);
  const double by_means = mean(after) / mean(before) - 1;
  if (by_means * *wall.effect_pct < 0 && std::abs(by_means) > claim.precision)
    flags.push_back(Flag::mean_differs);
  if (is_bimodal(logs_of(before)) || is_bimodal(logs_of(after))) flags.push_back(Flag::bimodal);
  return flags;
}

}  // namespace pgo_orch::measure
