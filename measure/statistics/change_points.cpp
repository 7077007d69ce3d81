#include "measure/statistics/change_points.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <tuple>

namespace pgo_orch::measure {

namespace {

constexpr std::size_t shortest = shortest_level;
constexpr int drawn_series = 4999;
/// The rest of the error is for unequal errors, whose weights are estimates, and for the luck of the draw.
constexpr double tested_at = 0.7 * false_change;

/// Values with weights, 1/variance each.
struct Weighted {
  std::vector<double> values, weights;
  std::size_t size() const { return values.size(); }
};

/// The part of a series from one place up to another.
struct Range {
  std::size_t begin = 0, end = 0;
  std::size_t size() const { return end - begin; }
};

Weighted weigh(const std::vector<Estimate>& series, Range range, double tau) {
  Weighted weighted;
  for (std::size_t i = range.begin; i < range.end; ++i) {
    weighted.values.push_back(series[i].value);
    weighted.weights.push_back(1 / (series[i].error * series[i].error + tau * tau));
  }
  return weighted;
}

/// RunningSums of the weights, and of the weighted distances from the mean, over the first values.
struct RunningSums {
  explicit RunningSums(const Weighted& data) : weight(data.size() + 1), distance(data.size() + 1) {
    double sum = 0;
    for (std::size_t i = 0; i < data.size(); ++i) {
      weight[i + 1] = weight[i] + data.weights[i];
      sum += data.weights[i] * data.values[i];
    }
    const double mean = sum / weight.back();
    for (std::size_t i = 0; i < data.size(); ++i) {
      const double off = data.values[i] - mean;
      distance[i + 1] = distance[i] + data.weights[i] * off;
      squares += data.weights[i] * off * off;
    }
  }

  /// How much two means, of a piece and of the rest, leave less of the squares than one.
  double gain(std::size_t begin, std::size_t end) const {
    const double inside = weight[end] - weight[begin], apart = distance[end] - distance[begin];
    return apart * apart * weight.back() / (inside * (weight.back() - inside));
  }

  std::vector<double> weight, distance;
  double squares = 0;  ///< about the mean of all
};

struct Piece {
  Range range;
  double gain = 0;
};

/// The piece that differs most from the rest. What it leaves on either side is empty or a level. One that
/// reaches the end is the rest of one that begins at 0.
Piece best_piece(const RunningSums& sums, std::size_t size) {
  Piece best;
  for (std::size_t begin = 0; begin + 2 * shortest <= size; begin += begin == 0 ? shortest : 1)
    for (std::size_t end = begin + shortest; end + shortest <= size; ++end)
      if (const double gain = sums.gain(begin, end); gain > best.gain) best = {{begin, end}, gain};
  return best;
}

/// The square of Student's t for a gain of `squares`; the variance of a value in units of 1/weight is `least`
/// at least.
double square_of_t(double gain, double squares, std::size_t size, double least) {
  const double left = (squares - gain) / static_cast<double>(size - 2);
  return gain / std::max({left, least, 1e-300});
}

class Normal {
 public:
  double operator()() { return draw_(random_); }

 private:
  std::mt19937_64 random_{20'040'101};  // NOLINT: always the same series
  std::normal_distribution<double> draw_;
};

/// Noise of days: with heavier tails than normal noise has, so that a few runs that are off are not a change.
/// Of deviation 1.
class DayNoise {
 public:
  double operator()() { return draw_(random_) / std::sqrt(freedom / (freedom - 2)); }

 private:
  static constexpr double freedom = 5;
  std::mt19937_64 random_{20'040'101};  // NOLINT: always the same series
  std::student_t_distribution<double> draw_{freedom};
};

/// Whether no more than tested_at of the series without a change have such a piece. Half of a thousand series
/// without any such are enough (Besag and Clifford, Biometrika 78, 1991, stop as early on the other side).
bool is_rare(double found, const Weighted& data) {
  constexpr auto most = static_cast<int>(tested_at * (drawn_series + 1)) - 1;
  constexpr int early_look = 499;
  DayNoise noise;
  int as_large = 0;
  Weighted drawn = data;
  for (int i = 0; i < drawn_series; ++i) {
    if (i == early_look && as_large == 0) return true;
    for (std::size_t k = 0; k < drawn.size(); ++k) drawn.values[k] = noise() / std::sqrt(drawn.weights[k]);
    const RunningSums sums(drawn);
    if (square_of_t(best_piece(sums, drawn.size()).gain, sums.squares, drawn.size(), 0) >= found &&
        ++as_large > most)
      return false;
  }
  return true;
}

/// Adds the places of the changes within a range.
void find_changes(const std::vector<Estimate>& series, Range range, double tau,
                  std::vector<std::size_t>& places) {
  if (range.size() < 2 * shortest) return;
  const auto data = weigh(series, range, tau);
  double least = 0;  // the errors' own part of the noise
  for (std::size_t i = 0; i < data.size(); ++i)
    least += std::pow(series[range.begin + i].error, 2) * data.weights[i] / static_cast<double>(data.size());
  const RunningSums sums(data);
  const auto piece = best_piece(sums, data.size());
  const double found = square_of_t(piece.gain, sums.squares, data.size(), least);
  if (!is_rare(found, data)) return;
  const std::size_t begin = range.begin + piece.range.begin, end = range.begin + piece.range.end;
  if (begin > range.begin) places.push_back(begin);
  places.push_back(end);
  for (const Range part : {Range{range.begin, begin}, Range{begin, end}, Range{end, range.end}})
    find_changes(series, part, tau, places);
}

/// The x of [0, above] at which a decreasing function falls to `target`; 0 if it is not above it there.
double falls_to(const std::function<double(double)>& function, double target, double above) {
  if (function(0) <= target) return 0;
  double below = 0;
  constexpr int halvings = 60;
  for (int i = 0; i < halvings; ++i) {
    const double middle = (below + above) / 2;
    (function(middle) > target ? below : above) = middle;
  }
  return above;
}

/// The sum over some ranges of what is left about the mean of each.
double squares_about_means(const std::vector<Estimate>& series, const std::vector<Range>& ranges,
                           double tau) {
  double sum = 0;
  for (const auto& range : ranges) sum += RunningSums(weigh(series, range, tau)).squares;
  return sum;
}

/// The tau with which as much is left about these means as their degrees of freedom expect.
double deviation_between_runs(const std::vector<Estimate>& series, const std::vector<Range>& ranges) {
  const auto [least, most] = std::ranges::minmax(series, {}, &Estimate::value);
  return falls_to([&](double tau) { return squares_about_means(series, ranges, tau); },
                  static_cast<double>(series.size() - ranges.size()), most.value - least.value);
}

/// The pieces of a series between its changes, with a level each.
class Levels {
 public:
  Levels(const std::vector<Estimate>& series, std::vector<std::size_t> places)
      : series_(series), places_(std::move(places)) {
    fit();
    drop_doubtful();
  }

  const std::vector<std::size_t>& places() const { return places_; }
  double tau() const { return tau_; }

  ChangePoint describe(std::size_t change) const {
    ChangePoint point;
    point.at = places_[change];
    point.before = around(means_[change].value, 1 / means_[change].weight);
    point.after = around(means_[change + 1].value, 1 / means_[change + 1].weight);
    point.change = describe_step(change);
    std::tie(point.earliest, point.latest) = places_of(change);
    return point;
  }

 private:
  struct Mean {
    double value = 0, weight = 0;
  };

  Range range(std::size_t level) const {
    return {level == 0 ? 0 : places_[level - 1], level == places_.size() ? series_.size() : places_[level]};
  }

  double freedom() const { return static_cast<double>(series_.size() - places_.size() - 1); }
  double t(double error) const { return student_quantile_above(freedom(), error / 2); }

  void fit() {
    std::vector<Range> ranges;
    for (std::size_t level = 0; level <= places_.size(); ++level) ranges.push_back(range(level));
    tau_ = deviation_between_runs(series_, ranges);
    means_.clear();
    for (const auto& each : ranges) {
      const auto data = weigh(series_, each, tau_);
      Mean mean;
      for (std::size_t i = 0; i < data.size(); ++i) {
        mean.weight += data.weights[i];
        mean.value += data.weights[i] * data.values[i];
      }
      mean.value /= mean.weight;
      means_.push_back(mean);
    }
  }

  Interval around(double value, double variance) const {
    const double half = t(1 - change_confidence) * std::sqrt(variance);
    return {value, value - half, value + half};
  }

  /// Of the levels before and after a change.
  Interval describe_step(std::size_t change) const {
    const auto &before = means_[change], &after = means_[change + 1];
    return around(after.value - before.value, 1 / before.weight + 1 / after.weight);
  }

  double t_of(std::size_t change) const {
    const auto &a = means_[change], &b = means_[change + 1];
    return std::abs(b.value - a.value) / std::sqrt(1 / a.weight + 1 / b.weight);
  }

  /// Whether the levels beside a change differ by more than the best of its possible places explains.
  bool is_clear(std::size_t change) const {
    const auto places = static_cast<double>(range(change).size() + range(change + 1).size() - 1);
    return t_of(change) > t(false_change / places);
  }

  /// One after the other, since each leaves its neighbours other levels. That there is one at all is known.
  void drop_doubtful() {
    while (places_.size() > 1) {
      std::size_t least = 0;
      for (std::size_t i = 1; i < places_.size(); ++i)
        if (t_of(i) < t_of(least)) least = i;
      if (is_clear(least)) return;
      places_.erase(places_.begin() + static_cast<std::ptrdiff_t>(least));
      fit();
    }
  }

  /// The nearest to zero that the size of a change may be.
  double least_step(std::size_t change) const {
    const auto interval = describe_step(change);
    return *interval.lo > 0 ? *interval.lo : *interval.hi < 0 ? *interval.hi : 0;
  }

  static double best_gain(const RunningSums& sums, std::size_t size) {
    double best = 0;
    for (std::size_t place = 1; place < size; ++place) best = std::max(best, sums.gain(0, place));
    return best;
  }

  /// How much of the gain the true place of a change may lack against the best one. A change that was found
  /// tends to look larger than it is: so the series are drawn with the least step, and half of the error.
  double allowed_loss(const Weighted& data, std::size_t at, double step) const {
    Normal normal;
    Weighted drawn = data;
    std::vector<double> lost;
    for (int i = 0; i < drawn_series; ++i) {
      for (std::size_t k = 0; k < data.size(); ++k)
        drawn.values[k] = (k < at ? 0 : step) + normal() / std::sqrt(data.weights[k]);
      const RunningSums sums(drawn);
      lost.push_back(best_gain(sums, data.size()) - sums.gain(0, at));
    }
    std::ranges::sort(lost);
    return lost[static_cast<std::size_t>((1 + change_confidence) / 2 * (drawn_series + 1))];
  }

  /// The first and the last place at which the change may be.
  std::pair<std::size_t, std::size_t> places_of(std::size_t change) const {
    const Range both{range(change).begin, range(change + 1).end};
    const auto data = weigh(series_, both, tau_);
    const std::size_t at = places_[change] - both.begin;
    const RunningSums sums(data);
    const double least = best_gain(sums, data.size()) - allowed_loss(data, at, least_step(change));
    std::size_t first = at, last = at;
    for (std::size_t place = 1; place < data.size(); ++place) {
      if (sums.gain(0, place) < least) continue;
      first = std::min(first, place);
      last = std::max(last, place);
    }
    return {both.begin + first, both.begin + last};
  }

  const std::vector<Estimate>& series_;
  std::vector<std::size_t> places_;
  double tau_ = 0;
  std::vector<Mean> means_;
};

}  // namespace

ChangePoints change_points(const std::vector<Estimate>& series) {
  ChangePoints found;
  if (series.size() < 2 * shortest) return found;
  std::vector<std::size_t> places;
  const Range all{0, series.size()};
  find_changes(series, all, deviation_between_runs(series, {all}), places);
  std::ranges::sort(places);
  const Levels levels(series, std::move(places));
  found.between_runs = levels.tau();
  for (std::size_t i = 0; i < levels.places().size(); ++i) found.changes.push_back(levels.describe(i));
  return found;
}

}  // namespace pgo_orch::measure
