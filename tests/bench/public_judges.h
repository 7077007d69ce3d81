#pragma once
// What judges that projects wrote themselves say of run time: whether the second program of a measurement is
// slower than the first.

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <random>
#include <utility>
#include <vector>

#include "measure/rounds/rounds.h"
#include "measure/statistics/statistics.h"

namespace pgo_orch::bench {

inline std::vector<double> seconds_in(const measure::Series& series) {
  std::vector<double> times;
  for (const auto& sample : series.samples) times.push_back(seconds(sample.wall));
  return times;
}

/// Medians, as of passes in the order A B B A: 5 % more, and `least` seconds.
inline bool by_medians(const measure::Measured& measured, double least) {
  const double base = measure::median(seconds_in(measured.series[0]));
  const double head = measure::median(seconds_in(measured.series[1]));
  return head > 1.05 * base && head - base > least;
}

/// Welch's test at 5 %, two-sided.
inline bool by_welch(const measure::Measured& measured) {
  const auto x = seconds_in(measured.series[0]), y = seconds_in(measured.series[1]);
  const auto squared_error = [](const std::vector<double>& v) {
    return std::pow(measure::standard_deviation(v), 2) / static_cast<double>(v.size());
  };
  const double ex = squared_error(x), ey = squared_error(y);
  if (x.size() < 2 || ex + ey <= 0) return false;
  const double freedom = std::pow(ex + ey, 2) / (ex * ex / static_cast<double>(x.size() - 1) +
                                                 ey * ey / static_cast<double>(y.size() - 1));
  const double t = (measure::mean(y) - measure::mean(x)) / std::sqrt(ex + ey);
  const boost::math::students_t student(freedom);
  return t > boost::math::quantile(boost::math::complement(student, 0.025));
}

/// The 95 % interval of the ratio of medians, by resampling both 500 times, lies above 1.
inline bool by_bootstrap(const measure::Measured& measured) {
  const auto x = seconds_in(measured.series[0]), y = seconds_in(measured.series[1]);
  if (x.size() < 2) return false;
  std::mt19937 random(1);
  const auto median_again = [&](const std::vector<double>& v) {
    std::uniform_int_distribution<std::size_t> place(0, v.size() - 1);
    std::vector<double> drawn;
    for (std::size_t i = 0; i < v.size(); ++i) drawn.push_back(v[place(random)]);
    return measure::median(std::move(drawn));
  };
  constexpr int resamples = 500;
  int below = 0;
  for (int i = 0; i < resamples; ++i) below += median_again(y) <= median_again(x);
  return below < 0.025 * resamples;
}

}  // namespace pgo_orch::bench
