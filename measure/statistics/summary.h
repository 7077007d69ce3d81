#pragma once
// The figures of one series, as hyperfine's users know them. They describe; claims come from verdict.h.

#include "measure/statistics/series.h"

namespace pgo_orch::measure {

struct Summary {
  int runs = 0;
  Nanoseconds mean{};
  Nanoseconds median{};
  Nanoseconds stddev{};  ///< of the sample; zero for a single run
  Nanoseconds min{};
  Nanoseconds max{};
  Nanoseconds user{};    ///< mean
  Nanoseconds system{};  ///< mean
  Bytes median_memory;
  Bytes max_memory;
};

/// All zero for a series without samples.
Summary summarize(const Series& series);

}  // namespace pgo_orch::measure
