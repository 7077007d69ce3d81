#include "measure/race.h"

#include <algorithm>
#include <cmath>

namespace pgo_orch::measure {
namespace {

/// One claim by itself, as an elimination needs it.
Claim alone(Claim claim) {
  claim.confidence = 0.95;
  claim.claims = 1;
  return claim;
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
    ruling.biased =
        rules_.control && excludes_zero(against(rules_.baseline, *rules_.control, alone(rules_.claim)));
    const std::size_t leader = this->leader();
    for (std::size_t i = 0; i < series_.size(); ++i) {
      if (!runs(i)) continue;
      const auto from_leader = against(leader, i, alone(rules_.claim));
      const bool lost = i != leader && from_leader.lo_pct && *from_leader.lo_pct > 0;
      const bool drops = lost && rules_.drop && i != rules_.baseline;
      if (drops) ruling.lost.push_back(i);
      const bool ranked = i == leader || lost || lies_within_precision(from_leader, rules_.claim);
      const bool known =
          i == rules_.baseline || is_settled(against(rules_.baseline, i, rules_.claim), rules_.claim);
      ruling.settled = ruling.settled && ranked && (known || drops);
    }
    return ruling;
  }

 private:
  bool runs(std::size_t i) const {
    return series_[i].failure.empty() && !series_[i].lost && i != rules_.control;
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
  const double half_width = (*comparison.hi_pct - *comparison.lo_pct) / 2;
  return excludes_zero(comparison) && half_width <= std::max(0.5, 0.2 * std::abs(*comparison.effect_pct));
}

bool excludes_zero(const Comparison& comparison) {
  return (comparison.lo_pct && *comparison.lo_pct > 0) || (comparison.hi_pct && *comparison.hi_pct < 0);
}

Ruling rule(const std::vector<Series>& series, const RaceRules& rules) {
  return Race(series, rules).rule();
}

}  // namespace pgo_orch::measure
