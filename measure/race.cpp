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

class Field {
 public:
  Field(const std::vector<Series>& series, const std::vector<bool>& active, const RaceRules& rules)
      : series_(series), active_(active), rules_(rules) {}

  Standing stand() {
    Standing standing;
    standing.leader = leader();
    standing.settled = true;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      if (!runs(i)) continue;
      const auto against_leader = compare(series_[standing.leader], series_[i], alone(rules_.claim));
      const bool lost = i != standing.leader && against_leader.lo_pct && *against_leader.lo_pct > 0;
      const bool ties = i == standing.leader || lies_within_precision(against_leader, rules_.claim);
      if (lost && i != rules_.baseline) standing.lost.push_back(i);
      const bool known =
          i == rules_.baseline ||
          is_settled(compare(series_[rules_.baseline], series_[i], rules_.claim), rules_.claim);
      standing.settled = standing.settled && (lost || ties) && (known || (lost && rules_.drop));
    }
    return standing;
  }

 private:
  bool runs(std::size_t i) const { return active_[i] && i != rules_.control; }

  std::size_t leader() const {
    std::size_t best = rules_.baseline;
    double least = 0;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      if (!runs(i) || i == rules_.baseline) continue;
      const auto effect = compare(series_[rules_.baseline], series_[i], rules_.claim).effect_pct;
      if (!effect || *effect >= least) continue;
      best = i;
      least = *effect;
    }
    return best;
  }

  const std::vector<Series>& series_;
  const std::vector<bool>& active_;
  const RaceRules& rules_;
};

}  // namespace

bool is_settled(const Comparison& comparison, const Claim& claim) {
  if (!comparison.lo_pct || !comparison.hi_pct) return false;
  if (lies_within_precision(comparison, claim)) return true;
  const double half_width = (*comparison.hi_pct - *comparison.lo_pct) / 2;
  const bool excludes_zero = *comparison.lo_pct > 0 || *comparison.hi_pct < 0;
  return excludes_zero && half_width <= std::max(0.5, 0.2 * std::abs(*comparison.effect_pct));
}

Standing stand(const std::vector<Series>& series, const std::vector<bool>& active, const RaceRules& rules) {
  return Field(series, active, rules).stand();
}

}  // namespace pgo_orch::measure
