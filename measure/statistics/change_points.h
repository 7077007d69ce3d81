#pragma once
// Where a series of estimates changed its level. Each estimate has a standard error, and runs of different
// days differ by more than these say, by an amount that is not known beforehand.
//
// The model: value i is the level of its piece plus two kinds of noise: its own, of the standard
// error given, and that between runs, of one deviation tau for the whole series. A change is looked for by
// circular binary segmentation (Olshen, Venkatraman, Lucito and Wigler, Biostatistics 5, 2004): the piece of
// the series whose weighted mean differs most from that of the rest, so that a change that is taken back is
// seen as well; then within each part. The difference is divided by the noise that is left about both means
// (Worsley, JASA 74, 1979, for one change), but never by less than the standard errors say, so neither tau
// nor errors that are stated too small can make a change.

#include <cstddef>
#include <vector>

#include "measure/statistics/intervals.h"

namespace pgo_orch::measure {

/// In any unit, as everything that is made of it.
struct Estimate {
  double value = 0;
  double error = 0;  ///< standard error, over 0
};

/// The probability with which a series without a change shows one, at most.
inline constexpr double false_change = 0.01;
/// A level has at least so many estimates: a day or two that are off are none.
inline constexpr std::size_t shortest_level = 3;
/// Of each interval of a change.
inline constexpr double change_confidence = 0.95;

/// Places count the estimates from 0. That of a change is the first estimate with the new level.
struct ChangePoint {
  std::size_t at = 0;        ///< the most likely place
  std::size_t earliest = 0;  ///< with change_confidence it is none before this,
  std::size_t latest = 0;    ///< nor behind this
  Interval before, after;    ///< the levels on both sides, up to the next change
  Interval change;           ///< after - before
};

struct ChangePoints {
  std::vector<ChangePoint> changes;  ///< by place
  double between_runs = 0;  ///< tau: how much runs differ beyond their errors, in the unit of the values
};

/// The changes in a series, in its order. Fewer than two levels' estimates have none.
///
/// The error is kept for all places together: the largest difference is compared with those of series without
/// a change and with the same weights, drawn with a fixed seed, so the same series has the same answer. Their
/// noise is Student's t with 5 degrees of freedom, since the noise of days has heavier tails than normal
/// noise. Of the ends of a piece only those stay at which the levels beside it differ by themselves (t test,
/// the error divided among their places).
///
/// Weights are 1/(error^2 + tau^2), tau by Paule and Mandel (J. Res. NBS 87, 1982) from what is left about
/// the levels, which is one level to begin with: a change makes tau larger then, and weights only more alike.
/// Levels and changes are weighted means with Student's t for n - levels degrees of freedom. Their intervals
/// hold for changes that are clearly larger than the noise; of those that were just found, the larger ones
/// are found more often. The places are all whose likelihood ratio to the best is one that a change there has
/// with change_confidence in series that are drawn (as Siegmund, Int. Statistical Review 56, 1988, by
/// approximation).
ChangePoints change_points(const std::vector<Estimate>& series);

}  // namespace pgo_orch::measure
