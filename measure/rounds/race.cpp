#include "measure/rounds/race.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {

namespace {

/// One question by itself.
Claim alone(const Claim& claim, double confidence) {
  return {.confidence = confidence, .claims = 1, .precision = claim.precision};
}

// Of one question alone: eliminations and accusations of the machine are not claims.
constexpr double to_eliminate = 0.95;
constexpr double to_accuse = 0.95;

double half_width(const Comparison& comparison) {
  return (*comparison.hi_pct - *comparison.lo_pct) / 2;
}

/// Different from the baseline, and coarsely by how much: the half-width is under half of the effect.
bool differs_clearly(const Comparison& comparison) {
  return excludes_zero(comparison) && comparison.lo_pct && comparison.hi_pct &&
         half_width(comparison) <= std::max(0.5, 0.5 * std::abs(*comparison.effect_pct));
}

bool lies_within_precision(const Comparison& comparison, const Claim& claim) {
  return comparison.lo_pct && comparison.hi_pct && *comparison.lo_pct >= -100 * claim.precision &&
         *comparison.hi_pct <= 100 * claim.precision;
}

/// Seconds or bytes; a run that was stopped took longer than all others.
std::vector<double> values_of_each(const Series& series, Quantity quantity) {
  std::vector<double> times;
  for (const auto& sample : series.samples) {
    const double value = quantity == Quantity::memory ? static_cast<double>(sample.peak_rss.count)
                         : quantity == Quantity::cpu  ? seconds(sample.user + sample.system)
                                                      : seconds(sample.wall);
    times.push_back(sample.capped ? std::numeric_limits<double>::infinity() : value);
  }
  return times;
}

/// A variant that still runs, at a look.
struct Runner {
  std::size_t index;
  Comparison from_baseline;
  bool behind;   ///< the leader
  bool ranked;   ///< behind it, or equivalent to it
  bool settled;  ///< against the baseline
};

class Race {
 public:
  Race(const std::vector<Series>& series, const RaceRules& rules, const TimeLeft& time)
      : series_(series), rules_(rules), time_(time) {}

  Ruling rule() {
    Ruling ruling;
    ruling.biased = rules_.accuse && rules_.control &&
                    excludes_zero(compare(series_[rules_.baseline], series_[*rules_.control],
                                          alone(rules_.claim, to_accuse)));
    std::vector<Runner> runners = this->runners();
    if (rules_.drop) {
      std::erase_if(runners, [&](const auto& runner) {
        const bool leaves = runner.behind && runner.settled && !is_asked_for(runner.index);
        if (leaves) ruling.lost.push_back(runner.index);
        return leaves;
      });
      drop_for_lack_of_time(runners, ruling);
    }
    ruling.settled =
        (rules_.only_thresholds ||
         std::ranges::all_of(runners, [](const auto& runner) { return runner.settled && runner.ranked; })) &&
        std::ranges::none_of(rules_.thresholds,
                             [&](const Threshold& threshold) { return is_open(threshold); });
    for (const std::size_t i : rules_.bystanders)
      ruling.settled =
          ruling.settled && (!series_[i].failure.empty() || is_settled(from_baseline(i), rules_.claim));
    for (const auto& [a, b] : rules_.pairs)
      ruling.settled =
          ruling.settled && (rules_.only_thresholds || has_left(a) || has_left(b) ||
                             is_settled(compare(series_[a], series_[b], rules_.claim), rules_.claim));
    return ruling;
  }

 private:
  bool runs(std::size_t i) const {
    return i != rules_.baseline && series_[i].failure.empty() && !series_[i].lost && i != rules_.control &&
           std::ranges::find(rules_.bystanders, i) == rules_.bystanders.end();
  }

  Comparison from_baseline(std::size_t i) const {
    return compare(series_[rules_.baseline], series_[i], rules_.claim);
  }

  bool has_left(std::size_t i) const { return series_[i].lost || !series_[i].failure.empty(); }

  /// Whether the interval holds the threshold, or there is none yet.
  bool is_open(const Threshold& threshold) const {
    const std::size_t of = threshold.of.value_or(leader_);
    const std::size_t to = threshold.to.value_or(of);
    if (has_left(of) || has_left(to) || of == threshold.to) return false;
    if (series_[of].samples.empty() || series_[to].samples.empty()) return true;
    double at = threshold.at;
    std::optional<double> lo, hi;
    if (threshold.to) {
      const auto found = compare(series_[to], series_[of], rules_.claim, threshold.quantity);
      const double takes = median(values_of_each(series_[to], threshold.quantity));
      if (threshold.floor > 0 && takes > 0) at = std::max(at, 100 * threshold.floor / takes);
      lo = found.lo_pct, hi = found.hi_pct;
    } else {
      const auto times = values_of_each(series_[of], threshold.quantity);
      const auto look = latest_look(static_cast<int>(times.size()), rules_.claim.alpha());
      if (!look) return true;
      const auto found = median_interval({times.begin(), times.begin() + look->rounds}, look->alpha);
      lo = found.lo, hi = found.hi;
    }
    return (!lo || *lo <= at) && (!hi || *hi > at);
  }

  bool is_asked_for(std::size_t i) const {
    return std::ranges::any_of(rules_.thresholds, [&](const Threshold& threshold) {
      return (threshold.of == i || threshold.to == i) && is_open(threshold);
    });
  }

  std::vector<Runner> runners() {
    std::vector<Runner> found;
    double least = 0;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      if (!runs(i)) continue;
      found.push_back({i, from_baseline(i), false, true, false});
      const auto effect = found.back().from_baseline.effect_pct;
      if (!effect || *effect >= least) continue;
      leader_ = i;
      least = *effect;
    }
    for (auto& runner : found) {
      runner.settled = is_settled(runner.from_baseline, rules_.claim);
      if (runner.index == leader_) continue;
      const auto from_leader =
          compare(series_[leader_], series_[runner.index], alone(rules_.claim, to_eliminate));
      runner.behind = from_leader.lo_pct && *from_leader.lo_pct > 0;
      runner.ranked = runner.behind || lies_within_precision(from_leader, rules_.claim);
    }
    return found;
  }

  /// Seconds that one run takes.
  double cost(std::size_t i) const {
    if (series_[i].samples.empty()) return 0;
    std::vector<double> times;
    for (const auto& sample : series_[i].samples) times.push_back(seconds(sample.wall));
    return median(std::move(times));
  }

  /// The fraction of the rounds in which it runs.
  double part_of_rounds(std::size_t i) const {
    const auto all = static_cast<double>(series_[rules_.baseline].samples.size());
    if (series_[i].lost || !series_[i].failure.empty() || all == 0) return 0;
    return static_cast<double>(series_[i].samples.size()) / all;
  }

  /// About how many more rounds it takes until it is settled; 0: it is.
  double rounds_lacking(const Runner& runner) const {
    if (runner.settled || !runner.from_baseline.effect_pct) return 0;
    const double effect = std::abs(*runner.from_baseline.effect_pct);
    const double half_width = std::max({0.5, 0.2 * effect, 100 * rules_.claim.precision - effect});
    const auto compared = differences(series_[rules_.baseline], series_[runner.index]);
    return rounds_to_know(compared, half_width / 100, rules_.claim) - static_cast<double>(compared.size());
  }

  /// Known by about how much, or it had half of the time for that.
  bool may_leave(const Runner& runner) const {
    const auto& known = runner.from_baseline;
    if (!runner.behind || is_asked_for(runner.index) ||
        std::ranges::find(rules_.kept, runner.index) != rules_.kept.end())
      return false;
    if (2 * time_.left < time_.whole) return known.lo_pct || known.hi_pct;
    return differs_clearly(known);
  }

  void drop_for_lack_of_time(std::vector<Runner>& runners, Ruling& ruling) const {
    const double left = seconds(time_.left), base = cost(rules_.baseline);
    std::vector<double> lacking;  // of what could be settled alone
    double round = base;
    for (const auto& runner : runners) {
      const double rounds = rounds_lacking(runner), own = cost(runner.index);
      lacking.push_back(rounds * (base + own) <= left ? rounds : 0);
      round += own;
    }
    for (const std::size_t i : rules_.bystanders) round += cost(i) * part_of_rounds(i);
    while (!lacking.empty() && std::ranges::max(lacking) * round > left) {
      std::optional<std::size_t> last;
      for (std::size_t k = 0; k < runners.size(); ++k)
        if (may_leave(runners[k]) &&
            (!last || *runners[k].from_baseline.effect_pct > *runners[*last].from_baseline.effect_pct))
          last = k;
      if (!last) return;
      ruling.lost.push_back(runners[*last].index);
      round -= cost(runners[*last].index);
      runners.erase(runners.begin() + static_cast<std::ptrdiff_t>(*last));
      lacking.erase(lacking.begin() + static_cast<std::ptrdiff_t>(*last));
    }
  }

  const std::vector<Series>& series_;
  const RaceRules& rules_;
  const TimeLeft& time_;
  std::size_t leader_ = rules_.baseline;
};

}  // namespace

bool Control::is_biased() const {
  return excludes_zero(against_baseline);
}

Control control_of(const Series& baseline, const Series& copy, Quantity quantity) {
  return {compare(baseline, copy, Claim{}, quantity), noise_floor_pct(differences(baseline, copy, quantity))};
}

Standing standing_of(double effect_pct, const Control& control) {
  const double effect = std::abs(effect_pct);
  const auto& copy = control.against_baseline;
  // Of many rounds it is small, though single blocks differ by the floor as ever.
  const bool copy_may_differ =
      !copy.lo_pct || !copy.hi_pct || effect <= std::max(std::abs(*copy.lo_pct), std::abs(*copy.hi_pct));
  if (control.is_biased() && copy_may_differ) return Standing::within_bias;
  const bool is_small = control.noise_floor_pct && effect < *control.noise_floor_pct;
  return is_small && copy_may_differ ? Standing::below_floor : Standing::holds;
}

bool is_settled(const Comparison& comparison, const Claim& claim) {
  if (!comparison.lo_pct || !comparison.hi_pct) return false;
  if (lies_within_precision(comparison, claim)) return true;
  return excludes_zero(comparison) &&
         half_width(comparison) <= std::max(0.5, 0.2 * std::abs(*comparison.effect_pct));
}

bool excludes_zero(const Comparison& comparison) {
  return (comparison.lo_pct && *comparison.lo_pct > 0) || (comparison.hi_pct && *comparison.hi_pct < 0);
}

Ruling rule(const std::vector<Series>& series, const RaceRules& rules, const TimeLeft& time) {
  return Race(series, rules, time).rule();
}

Measured race(const std::vector<Contender>& contenders, Sampler& sampler, RoundsOptions options,
              const RaceRules& rules, const std::function<void(const Measured&)>& on_restart) {
  const auto referee_by = [whole = options.budget.time](const RaceRules& by) {
    return [whole, &by](const Measured& so_far, Nanoseconds left) {
      return rule(so_far.series, by, {left, whole});
    };
  };
  options.referee = {};
  if (rules.drop) options.capped_by = rules.baseline;
  const std::size_t compared = contenders.size() - (rules.control ? 1 : 0);
  if (compared > 1)  // otherwise all of the time makes the figures better
    options.referee = referee_by(rules);
  const Nanoseconds start = sampler.now();
  Measured measured = measure_rounds(contenders, sampler, options);
  if (!measured.biased) return measured;
  if (on_restart) on_restart(measured);
  options.had.clear();
  options.had_ends = {};
  options.budget.time = std::max(Nanoseconds::zero(), options.budget.time - (sampler.now() - start));
  ++options.seed;
  RaceRules second = rules;
  second.accuse = false;
  options.referee = referee_by(second);
  return measure_rounds(contenders, sampler, options);
}

}  // namespace pgo_orch::measure
