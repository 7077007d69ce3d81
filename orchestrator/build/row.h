#pragma once
// The row of a variant or a reference in the results: what is planned, and what went wrong.

#include "orchestrator/build/step_result.h"
#include "orchestrator/plan/planner.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Why a variant was skipped that no tool is missing for.
inline constexpr const char* no_time_left = "--total-time leaves no time to build it";

/// A row with what is known before anything is built: settings, flags and their origins, the command.
report::VariantResult planned_row(const VariantPlan& plan);

/// Turns a failed step into the row's status, reason and failure; of a variant or a reference.
void mark_failed(auto& row, const StepFailure& failed) {
  row.status = report::Status::failed;
  row.reason = failed.reason;
  row.failure = failed.failure;
}

/// Notes the condition in the row; an unmet one makes it `skipped`, with the reason.
void note_condition(const report::ConditionResult& condition, report::VariantResult& row);

/// Whether an unmet condition is why the variant was skipped: that is well.
bool is_gated_out(const report::VariantResult& row);

}  // namespace pgo_orch::orchestrator
