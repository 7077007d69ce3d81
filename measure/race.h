#pragma once
// What is decided while rounds go on: who need not run any more, and when all is known. Pure functions of the
// samples.

#include <cstddef>
#include <optional>
#include <vector>

#include "measure/series.h"
#include "measure/verdict.h"

namespace pgo_orch::measure {

struct RaceRules {
  Claim claim;
  std::size_t baseline = 0;
  std::optional<std::size_t> control;  ///< the baseline's copy: never dropped, never the leader
  bool drop = true;                    ///< false: everything runs to the end
};

/// What a look at the rounds so far says.
struct Standing {
  std::size_t leader = 0;         ///< the fastest, by its effect on the baseline
  std::vector<std::size_t> lost;  ///< to be dropped: shown to be slower than the leader
  bool settled = false;           ///< nothing is left that more rounds would tell
};

/// Whether a comparison needs no more rounds: its interval excludes 0 and is no wider on either side than the
/// larger of 0.5 % and a fifth of the effect, or it lies within +-precision.
bool is_settled(const Comparison& comparison, const Claim& claim);

/// After a round that is a look (looks.h). A variant is lost when the interval of its difference from the
/// leader, at 5 % over all looks, excludes 0: an elimination, not a claim, and so not shared out over the
/// number of claims. Settled: every variant that still runs is, against the baseline, and is equivalent to
/// the leader.
Standing stand(const std::vector<Series>& series, const std::vector<bool>& active, const RaceRules& rules);

}  // namespace pgo_orch::measure
