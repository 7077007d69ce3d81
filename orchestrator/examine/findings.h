#pragma once
// What looking into programs and builds found: a part of the results.

#include <string>
#include <vector>

#include "report/results.h"

namespace pgo_orch::orchestrator {

struct Findings {
  report::Phases phases;
  std::vector<report::GroupShares> groups;
  std::vector<report::InspectedFunction> inspected;
  std::vector<report::AllocationCount> allocations;
  std::vector<report::FlamegraphFile> flamegraphs;
  std::vector<std::string> notes;
};

}  // namespace pgo_orch::orchestrator
