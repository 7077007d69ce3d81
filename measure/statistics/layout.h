#pragma once
// Is a small difference one of the code, or of where the linker happened to put it? (Mytkowicz et al. 2009;
// Curtsinger and Berger, "Stabilizer", 2013.)

#include <vector>

#include "measure/statistics/series.h"

namespace pgo_orch::measure {

/// One layout: both programs with their sections in an order drawn for it.
struct LayoutPair {
  Series baseline;
  Series variant;
};

/// In how many of the layouts the median difference has the sign of `effect` (any unit). If the difference
/// were one of layouts alone, its sign would be a fair coin in each: that all of five agree has a probability
/// of 1/32.
int layouts_that_agree(const std::vector<LayoutPair>& layouts, double effect);

}  // namespace pgo_orch::measure
