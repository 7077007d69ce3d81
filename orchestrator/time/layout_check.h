#pragma once
// Is a small difference one of the code, or of where the linker happened to put it?

#include "orchestrator/time/measure_stage.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// A part of the results.
struct LayoutsChecked {
  std::vector<report::Comparison> comparisons;
  std::vector<std::string> notes;  ///< what was found, and what could not be checked
};

/// Links the baseline, and each variant that is claimed to be faster or slower by under 3 % in a workload,
/// five times with their sections in random orders, and times these for as long as the workload may take. A
/// claim whose sign is not that of all five pairs gets the flag "layout?".
LayoutsChecked check_layouts(const Entrants& entrants, const Stopwatch& stopwatch,
                             std::vector<report::Comparison> comparisons);

}  // namespace pgo_orch::orchestrator
