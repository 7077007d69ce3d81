#pragma once
// What is decided while rounds go on: who need not run any more, and when all is known. Pure functions of the
// samples.

#include <cstddef>
#include <optional>
#include <vector>

#include "measure/rounds.h"
#include "measure/verdict.h"

namespace pgo_orch::measure {

struct RaceRules {
  Claim claim;
  std::size_t baseline = 0;
  std::optional<std::size_t> control;  ///< the baseline's copy: never dropped, never the leader
  bool drop = true;                    ///< false: everything runs to the end
};

/// Whether a comparison needs no more rounds: its interval excludes 0 and is no wider on either side than the
/// larger of 0.5 % and a fifth of the effect, or it lies within +-precision.
bool is_settled(const Comparison& comparison, const Claim& claim);

/// Whether the interval says that there is a difference.
bool excludes_zero(const Comparison& comparison);

/// After a round that is a look (looks.h). The leader is the fastest by its effect on the baseline. A variant
/// is lost when the interval of its difference from the leader, at 5 % over all looks, excludes 0: an
/// elimination, not a claim, and so not shared out over the number of claims. Settled: every variant that
/// still runs is, against the baseline, and is equivalent to the leader. Biased: so is the control told apart
/// from the baseline, though they are one program.
Ruling rule(const std::vector<Series>& series, const RaceRules& rules);

}  // namespace pgo_orch::measure
