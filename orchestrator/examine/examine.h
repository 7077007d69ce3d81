#pragma once
// Beside times: phases of runs and builds, time by function, evidence about code. Separate passes, before and
// after the timed rounds.

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

  /// Phases of an entrant's runs; of a variant's also functions and flame graphs.
  void runs(const Entrant& entrant);
  /// The same of a variant, and phases of its build; `row`: what the build took.
  void whole(const VariantPlan& plan, const report::VariantResult& row);
  /// [[inspect]], for every variant that is ok.
  void code(const std::vector<VariantPlan>& plans, const std::vector<report::VariantResult>& rows);

  const Findings& findings() const { return findings_; }

 private:
  void guarded(const auto& look);
  FunctionTimes& functions();

  const std::vector<Workload>& workloads_;
  ExamineOptions options_;
  std::filesystem::path folder_;
  Instruments instruments_;
  const Workshop& workshop_;
  Findings findings_;
  std::optional<FunctionTimes> functions_;  ///< made when it is needed: finding profilers takes a while
};

}  // namespace pgo_orch::orchestrator
