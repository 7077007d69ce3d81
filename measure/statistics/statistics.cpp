#include "measure/statistics/statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numbers>
#include <numeric>

namespace pgo_orch::measure {

namespace {

/// Sums of a run of values, from which mean and variance follow.
struct Sums {
  double count = 0, sum = 0, squares = 0;
  void add(double value) {
    ++count;
    sum += value;
    squares += value * value;
  }
  double mean() const { return sum / count; }
  double within() const { return std::max(0.0, squares - sum * sum / count); }
  double variance() const { return within() / count; }
};

}  // namespace

double median(std::vector<double> values) {
  assert(!values.empty());
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return std::midpoint(*middle, *std::max_element(values.begin(), middle));
}

double mean(const std::vector<double>& values) {
  assert(!values.empty());
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double standard_deviation(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double center = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - center) * (value - center);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

double median_absolute_deviation(const std::vector<double>& values) {
  const double center = median(values);
  std::vector<double> distances;
  for (const double value : values) distances.push_back(std::abs(value - center));
  return median(std::move(distances));
}

std::vector<double> group_medians(const std::vector<double>& values, std::size_t at_most) {
  if (values.size() <= at_most) return values;
  std::vector<double> medians;
  for (std::size_t group = 0; group < at_most; ++group) {
    const auto edge = [&](std::size_t g) {
      return values.begin() + static_cast<std::ptrdiff_t>(g * values.size() / at_most);
    };
    medians.push_back(median({edge(group), edge(group + 1)}));
  }
  return medians;
}

bool is_bimodal(std::vector<double> values) {
  constexpr std::size_t fewest = 20;
  if (values.size() < fewest) return false;
  std::ranges::sort(values);
  // Without a center near the values their squares would swallow small differences.
  const double center = values[values.size() / 2];
  std::vector<Sums> low(values.size() + 1), high(values.size() + 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    low[i + 1] = low[i];
    low[i + 1].add(values[i] - center);
  }
  for (std::size_t i = values.size(); i > 0; --i) {
    high[i - 1] = high[i];
    high[i - 1].add(values[i - 1] - center);
  }
  std::size_t best = values.size() / 2;
  for (std::size_t i = 1; i < values.size(); ++i)
    if (low[i].within() + high[i].within() < low[best].within() + high[best].within()) best = i;
  const bool both_matter = 5 * best >= values.size() && 5 * (values.size() - best) >= values.size();
  const double spread = std::sqrt(low[best].variance() + high[best].variance());
  return both_matter && std::numbers::sqrt2 * (high[best].mean() - low[best].mean()) > 4 * spread;
}

std::optional<double> needed_reduction(double total, double target, double share) {
  if (target >= total) return 0;
  if (share <= 0) return std::nullopt;
  return (total - target) / (share * total);
}

std::optional<std::string> dominant(const std::vector<Phase>& phases, double limit) {
  const auto largest = std::ranges::max_element(phases, {}, &Phase::share);
  if (largest == phases.end() || largest->share <= limit) return std::nullopt;
  return largest->name;
}

std::vector<Part> by_share(std::vector<Part> parts) {
  std::ranges::stable_sort(parts, std::greater{}, &Part::share);
  return parts;
}

}  // namespace pgo_orch::measure
