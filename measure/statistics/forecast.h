#pragma once
// How long it takes to tell two programs apart, judged by how two copies of one program differ.

#include <optional>

#include "measure/statistics/series.h"
#include "measure/statistics/verdict.h"

namespace pgo_orch::measure {

/// When a difference shows depends on chance, so one number would promise too much. No value: later than was
/// asked for.
struct RoundsNeeded {
  std::optional<int> by_one_in_five, by_four_in_five;  ///< measurements that show it by then
};

/// The number of rounds after which a program that takes longer by `effect` (fraction: 0.03) is shown to be
/// slower, if the noise stays as it was. `noise`: the differences of an A/A pair.
/// The looks (verdict.h) by which 6 and 24 of 30 series have said so, each drawn from `noise` in blocks of
/// ten consecutive rounds, which share their copies of the programs (a block bootstrap, Kuensch 1989), and
/// moved by the effect. That two copies differ by chance in `noise` must not be added to the effect: it is
/// centered before, and each block is drawn with either sign, since which of two equal copies is the first
/// is chance, too. No value: not in `most` rounds, or there are fewer than two blocks.
RoundsNeeded rounds_to_show(const Differences& noise, double effect, const Claim& claim, int most);

}  // namespace pgo_orch::measure
