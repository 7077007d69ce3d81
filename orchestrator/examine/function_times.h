#pragma once
// Where time goes by function: groups of functions, and flame graphs. Passes of their own, never timed ones.

#include <map>

#include "measure/stacks/sample.h"
#include "orchestrator/examine/run_phases.h"
#include "report/flamegraph.h"
#include "toolchains/profilers.h"

namespace pgo_orch::orchestrator {

/// What was written; without a picture, `svg` is empty and `note` has the reason.
struct FlameGraphFiles {
  std::filesystem::path folded;
  std::filesystem::path svg;
  std::string note;
};

/// Writes STEM.folded, and draws STEM.svg from it if inferno is there. A picture of an earlier
/// run is removed.
FlameGraphFiles write_flame_graph(toolchains::Runner& runner,
                                  const toolchains::Probe<toolchains::Program>& inferno,
                                  const report::FlameGraph& graph, const std::filesystem::path& stem);

class FunctionTimes {
 public:
  /// `folder`: the run's; flame graphs go below it. `budget`: for each pass.
  FunctionTimes(const Workshop& workshop, std::filesystem::path folder, Nanoseconds budget);

  /// One workload of a variant. Others are drawn against the baseline, if that was profiled before. `total`:
  /// what a run takes, for times instead of shares.
  Findings profile_run(const Workload& workload, const Traced& traced, Nanoseconds total);

  /// The build command of a command project.
  Findings profile_build(const VariantPlan& plan, const pgo::CommandStep& step, const report::Build& build);

 private:
  /// What is profiled.
  struct Profiled {
    PhaseOf of;
    std::string workload;
    const VariantPlan& plan;
    Nanoseconds total;
  };
  Findings profile(const Profiled& profiled, const measure::StacksRequest& request);
  Findings draw(const Profiled& profiled, const report::FlameGraph& graph, bool differential) const;

  const Workshop& workshop_;
  std::filesystem::path folder_;
  Nanoseconds budget_;
  toolchains::Profilers profilers_;
  std::map<std::string, measure::Stacks> first_;  ///< the baseline's, by "run WORKLOAD" or "build"
};

}  // namespace pgo_orch::orchestrator
