#pragma once
// What is asked of programs beside how fast they are: phases of runs and builds, time by function, evidence
// about code. Passes of their own, before and after the timed rounds.

#include "measure/timer/timer_sampler.h"
#include "orchestrator/build/matrix_build.h"
#include "orchestrator/examine/function_times.h"

namespace pgo_orch::orchestrator {

/// How much is looked at.
struct ExamineOptions {
  bool runs = true;                              ///< phases of runs, functions, flame graphs
  bool builds = true;                            ///< phases of builds
  Nanoseconds budget = std::chrono::seconds(5);  ///< of each pass over functions
};

class Examination {
 public:
  /// `folder`: the run's. Results are filled as it goes.
  Examination(const std::vector<Workload>& workloads, ExamineOptions options, std::filesystem::path folder,
              measure::TimerSampler& timer, const Workshop& workshop, report::Results& results);

  /// Phases of its runs and of its build, functions, flame graphs.
  void whole(const VariantPlan& plan);
  /// Of its runs only.
  void runs(const VariantPlan& plan);
  void references();
  /// [[inspect]], for every variant that is ok.
  void code(const Config& config);

 private:
  template <class Look>
  void guarded(const Look& look);
  void functions(const Workload& workload, const Traced& traced);
  void builds(const VariantPlan& plan);
  const report::VariantResult* row_of(const std::string& variant) const;

  const std::vector<Workload>& workloads_;
  ExamineOptions options_;
  std::filesystem::path folder_;
  measure::TimerSampler& timer_;
  const Workshop& workshop_;
  report::Results& results_;
  std::optional<FunctionTimes> functions_;  ///< made when it is needed: finding profilers takes a while
};

}  // namespace pgo_orch::orchestrator
