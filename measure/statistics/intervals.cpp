#include "measure/statistics/intervals.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <optional>

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

std::optional<double> if_finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// r, counted from 1; 0 if even the extremes are too close.
std::size_t rank_of_bound(std::size_t n, double tail) {
  namespace policies = boost::math::policies;
  using Down = policies::policy<policies::discrete_quantile<policies::integer_round_down>>;
  const boost::math::binomial_distribution<double, Down> heads(static_cast<double>(n), 0.5);
  if (boost::math::cdf(heads, 0) > tail) return 0;
  return std::min(n / 2, static_cast<std::size_t>(boost::math::quantile(heads, tail)) + 1);
}

/// Of ascending values: those from this fraction of their number to that, one at least.
double mean_between(const std::vector<double>& values, double from, double to) {
  const auto n = static_cast<double>(values.size());
  const auto first = static_cast<std::size_t>(from * n);
  const auto last = std::max(first + 1, static_cast<std::size_t>(std::ceil(to * n)));
  return mean({values.begin() + static_cast<std::ptrdiff_t>(first),
               values.begin() + static_cast<std::ptrdiff_t>(last)});
}

enum class Test { signed_rank, sign };

using Bound = std::optional<double>;

/// The lower end of the shifts that the test chosen for each does not reject, given the lower ends of both
/// tests' intervals. `none` is further out than any value.
Bound lower_end(Bound by_ranks, Bound by_signs, double none, const auto& chosen_at) {
  if (!by_ranks && !by_signs) return std::nullopt;
  const double ranks = by_ranks.value_or(none), signs = by_signs.value_or(none);
  if (ranks == signs) return by_ranks;
  const Test wider = ranks < signs ? Test::signed_rank : Test::sign;
  const double outer = std::min(ranks, signs), inner = std::max(ranks, signs);
  constexpr int steps = 32;
  const double step = (inner - outer) / steps;
  std::vector<double> shifts;
  for (int i = 0; i < steps; ++i) shifts.push_back(outer + i * step);
  if (outer <= 0 && 0 < inner) shifts.push_back(0);
  std::ranges::sort(shifts);
  const auto first = std::ranges::find_if(shifts, [&](double shift) { return chosen_at(shift) == wider; });
  if (first == shifts.end()) return inner;
  const double end = *first == 0 ? 0 : std::max(outer, *first - step);
  return end <= none ? std::nullopt : Bound(end);
}

Bound negated(Bound bound) {
  return bound ? Bound(-*bound) : bound;
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
  assert(least.size() == differences.size() && most.size() == differences.size());
  auto averages = walsh_averages(group_medians(differences, most_pairs));
  Interval interval{median(averages), std::nullopt, std::nullopt};
  const int n = static_cast<int>(std::min(differences.size(), most_pairs));
  const auto critical = critical_signed_rank(n, alpha / 2);
  if (!critical) return interval;
  const long all = static_cast<long>(averages.size());
  const long c = all + 1 - *critical;
  if (least != differences) averages = walsh_averages(group_medians(least, most_pairs));
  interval.lo = if_finite(order_statistic(averages, c));
  if (most != least) averages = walsh_averages(group_medians(most, most_pairs));
  interval.hi = if_finite(order_statistic(averages, all + 1 - c));
  return interval;
}

bool signs_say_more(const std::vector<double>& differences, double shift) {
  std::vector<double> sizes;
  for (const double difference : differences) sizes.push_back(std::abs(difference - shift));
  std::ranges::sort(sizes);
  const double heavy = 2.5 + 1.5 / std::sqrt(static_cast<double>(sizes.size()));
  return mean_between(sizes, 0.7, 0.9) > heavy * mean_between(sizes, 0.35, 0.65);
}

Interval adaptive_interval(const std::vector<double>& differences, const std::vector<double>& least,
                           const std::vector<double>& most, double alpha) {
  Interval interval = hodges_lehmann(differences, least, most, alpha);
  const Interval low = median_interval(least, alpha), high = median_interval(most, alpha);
  const auto chosen_at = [&](double shift) {
    return signs_say_more(differences, shift) ? Test::sign : Test::signed_rank;
  };
  const auto [smallest, largest] = std::ranges::minmax(differences);
  const double none_below = 2 * smallest - largest, none_above = 2 * largest - smallest;
  if (chosen_at(interval.estimate) == Test::sign) interval.estimate = median(differences);
  interval.lo = lower_end(interval.lo, low.lo, none_below, chosen_at);
  interval.hi = negated(lower_end(negated(interval.hi), negated(high.hi), -none_above,
                                  [&](double shift) { return chosen_at(-shift); }));
  if (interval.lo) interval.lo = std::min(*interval.lo, interval.estimate);
  if (interval.hi) interval.hi = std::max(*interval.hi, interval.estimate);
  return interval;
}

Interval median_interval(std::vector<double> values, double alpha) {
  Interval interval{median(values), std::nullopt, std::nullopt};
  const std::size_t r = rank_of_bound(values.size(), alpha / 2);
  if (r == 0) return interval;
  std::ranges::sort(values);
  interval.lo = if_finite(values[r - 1]);
  interval.hi = if_finite(values[values.size() - r]);
  return interval;
}

int runs_for_median(double alpha) {
  return std::max(1, static_cast<int>(std::ceil(1 - std::log2(alpha))));
}

Interval proportion_interval(std::int64_t successes, std::int64_t total, double alpha) {
  assert(0 <= successes && successes <= total && total > 0);
  using Binomial = boost::math::binomial_distribution<double>;
  const auto n = static_cast<double>(total), k = static_cast<double>(successes);
  return {k / n, Binomial::find_lower_bound_on_p(n, k, alpha / 2),
          Binomial::find_upper_bound_on_p(n, k, alpha / 2)};
}

double normal_quantile_above(double tail) {
  return boost::math::quantile(boost::math::complement(boost::math::normal_distribution<double>(), tail));
}

double student_quantile_above(double freedom, double tail) {
  const boost::math::students_t_distribution<double> student(freedom);
  return boost::math::quantile(boost::math::complement(student, tail));
}

}  // namespace pgo_orch::measure
