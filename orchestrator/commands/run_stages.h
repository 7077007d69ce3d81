#pragma once
// One run, from its plans to its results: building, timing, comparing, examining and judging, in their order.

#include "orchestrator/build/variant_build.h"
#include "orchestrator/commands/run_options.h"
#include "orchestrator/examine/run_phases.h"

namespace pgo_orch::orchestrator {

/// What all stages share, made before the first of them.
struct RunContext {
  const Config& config;
  const RunOptions& options;
  const Layout& layout;
  const std::vector<VariantPlan>& plans;
  const std::vector<Workload>& workloads;
  const Unfinished& earlier;
  const Workshop& workshop;
  Instruments instruments;
};

/// `header`: what is known beforehand.
report::Results run_stages(const RunContext& context, report::Results header);

}  // namespace pgo_orch::orchestrator
