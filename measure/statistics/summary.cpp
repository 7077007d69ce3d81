#include "measure/statistics/summary.h"

#include <algorithm>
#include <cmath>
#include <vector>

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

}  // namespace pgo_orch::measure
