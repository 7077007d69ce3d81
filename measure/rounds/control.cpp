#include "measure/rounds/control.h"

#include <algorithm>
#include <cmath>

#include "measure/rounds/race.h"

namespace pgo_orch::measure {

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

}  // namespace pgo_orch::measure
