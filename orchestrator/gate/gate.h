#pragma once
// Is the new version of a program worse than the old one by more than is allowed?

#include <cstdint>
#include <string>
#include <vector>

#include "measure/timer/sampler.h"
#include "orchestrator/gate/build.h"
#include "report/gate.h"

namespace pgo_orch::orchestrator {

struct GateOrder {
  Side base, head;
  std::vector<std::string> workloads;  ///< globs; empty: all
  Nanoseconds budget{};                ///< of one workload and pair of builds
  std::uint64_t seed = 0;
  std::string explain;  ///< WORKLOAD/METRIC whose numbers are asked for; empty: none
};

/// Builds both, checks them, times them in the same rounds, and judges; what fails is built and judged again.
/// Throws Error if either cannot be built, the old version does not do what a workload asks, or nothing is
/// left to compare. `report.run` is not set.
report::GateReport run_gate(const GateOrder& order, const GateWork& work, measure::Sampler& sampler);

}  // namespace pgo_orch::orchestrator
