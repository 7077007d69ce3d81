#include "measure/rounds/race.h"

#include <algorithm>
#include <cmath>

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

class Race {
 public:
  Race(const std::vector<Series>& series, const RaceRules& rules) : series_(series), rules_(rules) {}

  Ruling rule() const {
    Ruling ruling;
    ruling.settled = true;
    ruling.biased = rules_.accuse && rules_.control &&
                    excludes_zero(against(rules_.baseline, *rules_.control, alone(rules_.claim, to_accuse)));
    const std::size_t leader = this->leader();
    for (std::size_t i = 0; i < series_.size(); ++i) {
      if (!runs(i)) continue;
      const auto from_leader = against(leader, i, alone(rules_.claim, to_eliminate));
      const auto from_baseline = against(rules_.baseline, i, rules_.claim);
      const bool behind = i != leader && from_leader.lo_pct && *from_leader.lo_pct > 0;
      // A variant is only dropped when something can be said about it; behind the baseline, also by how much.
      const bool lost = behind && (from_baseline.lo_pct || from_baseline.hi_pct) &&
                        (leader != rules_.baseline || differs_clearly(from_baseline));
      const bool drops = lost && rules_.drop && i != rules_.baseline;
      if (drops) ruling.lost.push_back(i);
      const bool ranked = i == leader || lost || lies_within_precision(from_leader, rules_.claim);
      const bool known = i == rules_.baseline || is_settled(from_baseline, rules_.claim);
      ruling.settled = ruling.settled && ranked && (known || drops);
    }
    for (const std::size_t i : rules_.bystanders)
      ruling.settled =
          ruling.settled && (!series_[i].failure.empty() ||
                             is_settled(against(rules_.baseline, i, rules_.claim), rules_.claim));
    return ruling;
  }

 private:
  bool runs(std::size_t i) const {
    return series_[i].failure.empty() && !series_[i].lost && i != rules_.control &&
           std::ranges::find(rules_.bystanders, i) == rules_.bystanders.end();
  }

  Comparison against(std::size_t base, std::size_t other, const Claim& claim) const {
    return compare(series_[base], series_[other], claim);
  }

  std::size_t leader() const {
    std::size_t best = rules_.baseline;
    double least = 0;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      if (!runs(i) || i == rules_.baseline) continue;
      const auto effect = against(rules_.baseline, i, rules_.claim).effect_pct;
      if (!effect || *effect >= least) continue;
      best = i;
      least = *effect;
    }
    return best;
  }

  const std::vector<Series>& series_;
  const RaceRules& rules_;
};

}  // namespace

bool Control::is_biased() const {
  return excludes_zero(against_baseline);
}

Control control_of(const Series& baseline, const Series& copy) {
  return {compare(baseline, copy, Claim{}), noise_floor_pct(differences(baseline, copy))};
}

Standing standing_of(double effect_pct, const Control& control) {
  const double effect = std::abs(effect_pct);
  const auto size = [](const std::optional<double>& bound) { return std::abs(bound.value_or(0)); };
  const auto& copy = control.against_baseline;
  if (control.is_biased() && effect <= std::max(size(copy.lo_pct), size(copy.hi_pct)))
    return Standing::within_bias;
  if (control.noise_floor_pct && effect < *control.noise_floor_pct) return Standing::below_floor;
  return Standing::holds;
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

Ruling rule(const std::vector<Series>& series, const RaceRules& rules) {
  return Race(series, rules).rule();
}

Measured race(const std::vector<Contender>& contenders, Sampler& sampler, RoundsOptions options,
              const RaceRules& rules, const std::function<void(const Measured&)>& on_restart) {
  options.referee = {};
  if (rules.drop) options.capped_by = rules.baseline;
  const std::size_t compared = contenders.size() - (rules.control ? 1 : 0);
  if (compared > 1)  // otherwise all of the time makes the figures better
    options.referee = [&](const Measured& so_far) { return rule(so_far.series, rules); };
  const auto now = [&options] {
    return options.clock ? options.clock() : Nanoseconds(std::chrono::steady_clock::now().time_since_epoch());
  };
  const Nanoseconds start = now();
  Measured measured = measure_rounds(contenders, sampler, options);
  if (!measured.biased) return measured;
  if (on_restart) on_restart(measured);
  options.had.clear();
  options.budget.time = std::max(Nanoseconds::zero(), options.budget.time - (now() - start));
  ++options.seed;
  RaceRules second = rules;
  second.accuse = false;
  options.referee = [&](const Measured& so_far) { return rule(so_far.series, second); };
  return measure_rounds(contenders, sampler, options);
}

}  // namespace pgo_orch::measure
