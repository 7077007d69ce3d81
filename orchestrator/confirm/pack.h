#pragma once
// From a finished run to the archive of its artifacts.

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/build/source_watch.h"
#include "orchestrator/plan/planner.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// What a run knows beside its results.
struct PackingSite {
  const Planner& planner;
  const std::vector<VariantPlan>& plans;
  SourceWatch& sources;  ///< knows the inputs of workloads
};

/// Before anything is built. Error: none of the workloads, or not every variant, would run on another
/// machine.
void demand_portable_run(const PackingSite& site, const std::vector<Workload>& workloads);

/// What went into an archive, for people.
struct Packing {
  std::size_t variants = 0;
  std::size_t workloads = 0;
  std::vector<std::string> left_out;  ///< "workload 'w': its setup runs programs of this machine: make"
};

/// Packs the executables of every variant that was timed, and the workloads that they were timed in. Error,
/// with Exit::failed: nothing was timed, or a file is not what it was when it was checked.
Packing pack_run(const report::Results& results, const PackingSite& site,
                 const std::filesystem::path& archive);

}  // namespace pgo_orch::orchestrator
