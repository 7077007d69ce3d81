#pragma once
// The A/A control: a byte-identical copy of the baseline takes part in every round. Whatever is found of it
// is the machine's and the harness's own doing.

#include <optional>

#include "measure/statistics/verdict.h"

namespace pgo_orch::measure {

/// The baseline's copy among the series; no variant can have this name.
inline constexpr const char* control_name = "(control)";

struct Control {
  Comparison against_baseline;            ///< at 95 % by itself
  std::optional<double> noise_floor_pct;  ///< differences.h
  /// Whether the copy is told apart from the baseline, though they are one program.
  bool is_biased() const;
};

Control control_of(const Series& baseline, const Series& copy);

/// What a control leaves of the claim that a variant differs from the baseline.
enum class Standing {
  holds,
  below_floor,  ///< the effect is smaller than the noise floor: it stands, with a flag
  within_bias,  ///< the copy differs as much: nothing can be said
};

Standing standing_of(double effect_pct, const Control& control);

}  // namespace pgo_orch::measure
