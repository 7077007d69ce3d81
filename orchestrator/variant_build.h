#pragma once
// One variant, from its plan to its row: every step in order, the first failure ends it.

#include "orchestrator/journal.h"
#include "orchestrator/planner.h"
#include "orchestrator/step_result.h"
#include "report/progress.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// What executing needs beside the plan.
struct Workshop {
  const Planner& planner;
  toolchains::Runner& runner;
  report::Progress& progress;
  Journal& journal;
  bool shared = false;  ///< several variants are built at once
};

/// A row with what is known before anything is built: settings, flags and their origins, the command.
report::VariantResult planned_row(const VariantPlan& plan);

/// Builds the variant. Never throws for what is wrong with it: that is in the row. `number`: for the
/// progress.
report::VariantResult build_variant(const VariantPlan& plan, std::size_t number, const Workshop& workshop);

/// Removes what cargo left of the variant.
void remove_target_folders(const VariantPlan& plan);

/// Turns a failed step into the row's status, reason and failure.
void mark_failed(report::VariantResult& row, const StepFailure& failure);

}  // namespace pgo_orch::orchestrator
