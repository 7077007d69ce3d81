#pragma once
// What is decided while rounds go on: who need not run any more, and when all is known. Pure functions of the
// samples.

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "measure/rounds/rounds.h"
#include "measure/statistics/verdict.h"

namespace pgo_orch::measure {

struct RaceRules {
  Claim claim;
  std::size_t baseline = 0;
  std::optional<std::size_t> control;     ///< the baseline's copy: never dropped, never the leader
  std::vector<std::size_t> bystanders{};  ///< references: likewise, but they are to be known as well
  bool drop = true;                       ///< false: everything runs to the end
  bool accuse = true;                     ///< false: a control that is told apart ends nothing
};

/// Whether a comparison needs no more rounds: its interval excludes 0 and is no wider on either side than the
/// larger of 0.5 % and a fifth of the effect, or it lies within +-precision.
bool is_settled(const Comparison& comparison, const Claim& claim);

/// Whether the interval says that there is a difference.
bool excludes_zero(const Comparison& comparison);

/// After a round that is a look (looks.h). The leader is the fastest by its effect on the baseline. A variant
/// is lost when the interval of its difference from the leader excludes 0, at an error of 5 % over all
/// looks: an elimination, not a claim. It must also have an interval against the baseline by then; if the
/// baseline leads, one that excludes 0, with a half-width of at most half of the effect. Settled: every
/// variant that still runs is (is_settled), and is equivalent to the leader. Biased: the control is told
/// apart from the baseline, though they are one program. A reference that still runs is to be settled, too.
Ruling rule(const std::vector<Series>& series, const RaceRules& rules);

/// Rounds by these rules. Where the control is told apart from the baseline, all begins anew, once, with the
/// next seed and fresh copies; `on_restart`, which may be empty, is told of what is thrown away. If that
/// happens again it is the result's to say. Slow runs are capped if slow variants are dropped. The referee
/// and the cap of `options` are not used.
Measured race(const std::vector<Contender>& contenders, Sampler& sampler, RoundsOptions options,
              const RaceRules& rules, const std::function<void(const Measured&)>& on_restart = {});

}  // namespace pgo_orch::measure
