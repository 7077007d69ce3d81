#include "measure/rounds/race.h"

#include <algorithm>
#include <cmath>

namespace pgo_orch::measure {
namespace {

/// One question by itself.
Claim alone(const Claim& claim, double confidence) {
  return {.confidence = confidence, .claims = 1, .precision = claim.precision};
}

// Each by itself: an elimination is no claim, and the machine is accused of telling copies of one program
// apart.
constexpr double to_eliminate = 0.95;
constexpr double to_accuse = 0.95;

double half_width(const Comparison& comparison) {
  return (*comparison.hi_pct - *comparison.lo_pct) / 2;
}

/// Told apart from the baseline, if coarsely: the half-width is under half of the effect.
bool is_told_apart(const Comparison& comparison) {
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
      // Nobody goes before something can be said of it; who is behind the baseline itself is asked by how
      // much.
      const bool lost = behind && (from_baseline.lo_pct || from_baseline.hi_pct) &&
                        (leader != rules_.baseline || is_told_apart(from_baseline));
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
  if (compared > 1)  // with nobody to compare, all of the time makes the figures better
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
