#pragma once
// Beside times: phases of runs and builds, time by function, evidence about code. Separate passes, before and
// after the timed rounds.

#include <set>

#include "orchestrator/examine/function_times.h"

namespace pgo_orch::orchestrator {

/// How much is examined.
struct ExamineOptions {
  bool runs = true;                              ///< phases of runs, functions, flame graphs
  bool builds = true;                            ///< phases of builds
  Nanoseconds budget = std::chrono::seconds(5);  ///< of each pass over functions
};

class Examination {
 public:
  /// `folder`: the run's. Refers to all but the options.
  Examination(const std::vector<Workload>& workloads, const ExamineOptions& options,
              std::filesystem::path folder, const Instruments& instruments, const Workshop& workshop);

  /// Phases of the runs of all of them, traced in the same rounds; of variants also functions and flame
  /// graphs, each once.
  Findings runs(Entrants entrants, const Rows& rows);
  /// Phases of a variant's build; `row`: what the build took.
  Findings build(const Entrant& variant, const report::VariantResult& row);
  /// [[inspect]], for every variant that is ok.
  Findings code(const Entrants& entrants, const Rows& rows);

 private:
  FunctionTimes& functions();

  const std::vector<Workload>& workloads_;
  ExamineOptions options_;
  std::filesystem::path folder_;
  Instruments instruments_;
  const Workshop& workshop_;
  std::set<EntrantId> profiled_;
  std::optional<FunctionTimes> functions_;  ///< made when it is needed: finding profilers takes a while
};

}  // namespace pgo_orch::orchestrator
