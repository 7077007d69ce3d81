#include "measure/statistics/signed_rank.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {
namespace {

constexpr int exact_up_to = 60;
constexpr std::size_t most_pairs = 512;  // 131,328 Walsh averages

std::optional<long> exact_critical(int n, double tail) {
  const auto tails = signed_rank_tails(n);
  const auto first = std::find_if(tails.begin(), tails.end(), [&](double p) { return p <= tail; });
  if (first == tails.end()) return std::nullopt;
  return first - tails.begin();
}

std::optional<long> normal_critical(int n, double tail) {
  const double last = 0.5 * n * (n + 1.0);
  const double mu = last / 2;
  const double sigma = std::sqrt(n * (n + 1.0) * (2.0 * n + 1) / 24);
  const double w = std::ceil(mu + 0.5 + normal_quantile_above(tail) * sigma);
  if (w > last) return std::nullopt;
  return static_cast<long>(w);
}

std::vector<double> walsh_averages(const std::vector<double>& values) {
  std::vector<double> averages;
  averages.reserve(values.size() * (values.size() + 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i)
    for (std::size_t j = i; j < values.size(); ++j) averages.push_back((values[i] + values[j]) / 2);
  return averages;
}

/// The `rank`-th smallest, from 1. Reorders.
double order_statistic(std::vector<double>& values, long rank) {
  const auto place = values.begin() + (rank - 1);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

std::optional<double> finite(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

double to_percent(double log_ratio) {
  return 100 * std::expm1(log_ratio);
}

std::vector<double> signed_rank_tails(int n) {
  const int last = n * (n + 1) / 2;
  std::vector<double> probability(static_cast<std::size_t>(last) + 1, 0.0);
  probability[0] = 1;
  for (int rank = 1, reach = 0; rank <= n; ++rank) {
    reach += rank;
    for (int w = reach; w >= 0; --w) {
      const double with_rank = w >= rank ? probability[w - rank] : 0;
      probability[w] = (probability[w] + with_rank) / 2;
    }
  }
  for (int w = last - 1; w >= 0; --w) probability[w] += probability[w + 1];
  return probability;
}

std::optional<long> critical_signed_rank(int n, double tail) {
  return n <= exact_up_to ? exact_critical(n, tail) : normal_critical(n, tail);
}

Interval hodges_lehmann(const std::vector<double>& differences, double alpha) {
  return hodges_lehmann(differences, differences, differences, alpha);
}

Interval hodges_lehmann(const std::vector<double>& differences, const std::vector<double>& least,
                        const std::vector<double>& most, double alpha) {
  auto averages = walsh_averages(group_medians(differences, most_pairs));
  Interval interval{median(averages), std::nullopt, std::nullopt};
  const int n = static_cast<int>(std::min(differences.size(), most_pairs));
  const auto critical = critical_signed_rank(n, alpha / 2);
  if (!critical) return interval;
  const long all = static_cast<long>(averages.size());
  const long c = all + 1 - *critical;
  if (least != differences) averages = walsh_averages(group_medians(least, most_pairs));
  interval.lo = finite(order_statistic(averages, c));
  if (most != least) averages = walsh_averages(group_medians(most, most_pairs));
  interval.hi = finite(order_statistic(averages, all + 1 - c));
  return interval;
}

}  // namespace pgo_orch::measure
