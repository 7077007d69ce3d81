#pragma once
// The raw result of a measurement.

#include <string>
#include <vector>

#include "measure/timer/sampler.h"

namespace pgo_orch::measure {

/// The samples of one contender: samples[i] is of round rounds[i], ascending, counted from 1.
struct Series {
  std::string name;
  std::vector<int> rounds;
  std::vector<Sample> samples;
  std::string failure;  ///< why it dropped out, e.g. "round 3: exit code 1"; empty: it did not
  bool lost = false;    ///< taken out after its last round, shown to be slower than the leader
};

}  // namespace pgo_orch::measure
