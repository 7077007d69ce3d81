#pragma once
// One variant, from its plan to its row: every step in order, the first failure ends it.

#include "orchestrator/build/source_watch.h"
#include "orchestrator/build/step_result.h"
#include "orchestrator/plan/planner.h"
#include "orchestrator/store/journal.h"
#include "report/progress.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// What executing needs beside the plan.
struct Workshop {
  const Planner& planner;
  toolchains::Runner& runner;
  report::Progress& progress;
  Journal& journal;
  SourceWatch& sources;
  bool shared = false;  ///< several variants are built at once
};

/// Builds the variant. Never throws for what is wrong with it: that is in the row. `number`: for the
/// progress.
report::VariantResult build_variant(const VariantPlan& plan, std::size_t number, const Workshop& workshop);

/// Removes what cargo left of the variant.
void remove_target_folders(const VariantPlan& plan);

}  // namespace pgo_orch::orchestrator
