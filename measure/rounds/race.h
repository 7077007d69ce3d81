#pragma once
// What is decided while rounds go on: which variants are dropped, and when everything is known. Pure
// functions of the samples.

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "measure/rounds/rounds.h"
#include "measure/statistics/verdict.h"

namespace pgo_orch::measure {

/// The name of the baseline's copy among the series; no variant can have it. The A/A control: a
/// byte-identical copy of the baseline takes part in every eighth round. Any difference between them is
/// noise. (In every round it took a third of the time of two programs, which are what the measurement is
/// about, and in every fourth a ninth.)
inline constexpr const char* control_name = "(control)";
inline constexpr int control_every = 8;

struct Control {
  Comparison against_baseline;            ///< at 95 % by itself
  std::optional<double> noise_floor_pct;  ///< series.h
  /// Whether the copy measured differently from the baseline, though they are one program.
  bool is_biased() const;
};

Control control_of(const Series& baseline, const Series& copy, Quantity quantity = Quantity::wall);

/// What a control leaves of the claim that a variant differs from the baseline.
enum class Standing {
  holds,
  below_floor,  ///< smaller than the noise floor, and the copy may differ as much: it holds, with a flag
  within_bias,  ///< the copy differs as much: nothing can be said
};

Standing standing_of(double effect_pct, const Control& control);

/// What a goal, a decision or a guard asks: on which side of a threshold a time is.
struct Threshold {
  std::optional<std::size_t> of;  ///< none: the leader
  std::optional<std::size_t> to;  ///< none: it is about the time itself
  Quantity quantity = Quantity::wall;
  double at = 0;  ///< how much more it takes than `to`, in percent of that; else seconds
  double floor =
      0;  ///< seconds or bytes; in percent of the median of `to`: the threshold, where that is more
};

struct RaceRules {
  Claim claim;
  std::size_t baseline = 0;
  std::optional<std::size_t> control;  ///< the baseline's copy: never dropped, never the leader
  /// References, and variants that are no candidates: never the leader, not dropped either, but they must be
  /// known as well.
  std::vector<std::size_t> bystanders{};
  /// Compared with each other, beside with the baseline: this must be known as well.
  std::vector<std::pair<std::size_t, std::size_t>> pairs{};
  std::vector<std::size_t> kept{};      ///< not dropped before they are known: goals, say, are about them
  std::vector<Threshold> thresholds{};  ///< whom an open one is about is not dropped at all
  bool drop = true;                     ///< false: everything runs to the end
  bool only_thresholds = false;         ///< it is settled once none is open, whatever else could be known
  bool accuse = true;                   ///< false: a biased control ends nothing
};

/// What is left of a measurement's time; by default more than it can need.
struct TimeLeft {
  Nanoseconds left = Nanoseconds::max();
  Nanoseconds whole = Nanoseconds::max();
};

/// Whether a comparison needs no more rounds: its interval excludes 0 and is no wider on either side than the
/// larger of 0.5 % and a fifth of the effect, or it lies within +-precision.
bool is_settled(const Comparison& comparison, const Claim& claim);

/// Whether the interval says that there is a difference.
bool excludes_zero(const Comparison& comparison);

/// After a round that is a look (verdict.h). The leader is the fastest by its
/// effect on the baseline; a variant is behind when the interval of its difference from the leader excludes
/// 0, at an error of 5 % by itself: an elimination, not a claim.
///
/// Lost is who is behind and whose own claim against the baseline needs no more rounds (is_settled), unless
/// an open threshold is about it. Only if the time left cannot pay for all, others that are behind are lost
/// as well, the last place first, until it can pay for the rest: those that differ from the baseline by about
/// twice the half-width of their interval or more, and in the second half of the time any that have an
/// interval. What could not be settled even alone with the baseline asks for no time.
///
/// Settled: every variant that still runs is (is_settled), and is equivalent to the leader or behind it; so
/// is every reference that still runs, and every pair; and no threshold is open, as it is while an interval
/// holds it. Biased: the control differs from the baseline, though they are one program.
Ruling rule(const std::vector<Series>& series, const RaceRules& rules, const TimeLeft& time = {});

/// Rounds by these rules. If the control differs from the baseline, the measurement restarts, once, with the
/// next seed and fresh copies; `on_restart`, which may be empty, gets what is thrown away. If it happens
/// again the result says so. Slow runs are capped if slow variants are dropped. The referee and the cap of
/// `options` are not used.
Measured race(const std::vector<Contender>& contenders, Sampler& sampler, RoundsOptions options,
              const RaceRules& rules, const std::function<void(const Measured&)>& on_restart = {});

}  // namespace pgo_orch::measure
