#include "measure/statistics/series.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "measure/statistics/intervals.h"
#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {

namespace {

Nanoseconds rounded(double nanoseconds) {
  return Nanoseconds(std::llround(nanoseconds));
}

template <typename Get>
std::vector<double> values(const Series& series, Get get) {
  std::vector<double> result;
  for (const auto& sample : series.samples) result.push_back(static_cast<double>(get(sample)));
  return result;
}

/// At least 1, the clock's and the memory's smallest unit, so that it has a logarithm.
double value_of(const Sample& sample, Quantity quantity) {
  switch (quantity) {
    case Quantity::wall:
      return std::max(1.0, static_cast<double>(sample.wall.count()));
    case Quantity::cpu:
      return std::max(1.0, static_cast<double>((sample.user + sample.system).count()));
    case Quantity::memory:
      return std::max(1.0, static_cast<double>(sample.peak_rss.count));
  }
  return 1;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

Difference difference(const Sample& baseline, const Sample& variant, Quantity quantity) {
  Difference result = std::log(value_of(variant, quantity)) - std::log(value_of(baseline, quantity));
  if (baseline.capped) result.least = -infinity;
  if (variant.capped) result.most = infinity;
  return result;
}

}  // namespace

Summary summarize(const Series& series) {
  if (series.samples.empty()) return {};
  const auto wall = values(series, [](const Sample& sample) { return sample.wall.count(); });
  const auto user = values(series, [](const Sample& sample) { return sample.user.count(); });
  const auto system = values(series, [](const Sample& sample) { return sample.system.count(); });
  const auto memory = values(series, [](const Sample& sample) { return sample.peak_rss.count; });
  return {.runs = static_cast<int>(wall.size()),
          .mean = rounded(mean(wall)),
          .median = rounded(median(wall)),
          .stddev = rounded(standard_deviation(wall)),
          .min = rounded(std::ranges::min(wall)),
          .max = rounded(std::ranges::max(wall)),
          .user = rounded(mean(user)),
          .system = rounded(mean(system)),
          .median_memory = Bytes{static_cast<std::uint64_t>(median(memory))},
          .max_memory = Bytes{static_cast<std::uint64_t>(std::ranges::max(memory))}};
}

Differences differences(const Series& baseline, const Series& variant, Quantity quantity) {
  Differences result;
  std::size_t b = 0;
  for (std::size_t v = 0; v < variant.rounds.size(); ++v) {
    while (b < baseline.rounds.size() && baseline.rounds[b] < variant.rounds[v]) ++b;
    if (b == baseline.rounds.size()) break;
    if (baseline.rounds[b] == variant.rounds[v])
      result.emplace(variant.rounds[v], difference(baseline.samples[b], variant.samples[v], quantity));
  }
  return result;
}

Differences combined(const std::vector<std::pair<double, Differences>>& weighted) {
  if (weighted.empty()) return {};
  Differences result;
  for (const auto& [round, first] : weighted.front().second) {
    Difference mean = 0;
    double weights = 0;
    const bool in_all = std::ranges::all_of(weighted, [&](const auto& part) {
      const auto found = part.second.find(round);
      if (found == part.second.end()) return false;
      mean.value += part.first * found->second.value;
      mean.least += part.first * found->second.least;
      mean.most += part.first * found->second.most;
      weights += part.first;
      return true;
    });
    if (!in_all || weights <= 0) continue;
    for (double* bound : {&mean.value, &mean.least, &mean.most}) *bound /= weights;
    result.emplace(round, mean);
  }
  return result;
}

std::optional<double> noise_floor_pct(const Differences& control, int block) {
  std::vector<double> effects, values;
  for (const auto& [round, difference] : control) {
    values.push_back(difference.value);
    if (static_cast<int>(values.size()) < block) continue;
    effects.push_back(median(values));
    values.clear();
  }
  if (effects.size() < 2) return std::nullopt;
  return to_percent(standard_deviation(effects));
}

int layouts_that_agree(const std::vector<LayoutPair>& layouts, double effect) {
  return static_cast<int>(std::ranges::count_if(layouts, [&](const LayoutPair& layout) {
    std::vector<double> values;
    for (const auto& [round, difference] : differences(layout.baseline, layout.variant))
      values.push_back(difference.value);
    return !values.empty() && median(values) * effect > 0;
  }));
}

}  // namespace pgo_orch::measure
