#pragma once
// A step or variant that failed ends a stage.

#include <string>

#include "orchestrator/build/step_result.h"

namespace pgo_orch::orchestrator {

/// Throws Error, with the end of the log, if it failed.
void demand_passed(const StepResult& failed, const std::string& variant);
void demand_passed(const report::VariantResult& row);

}  // namespace pgo_orch::orchestrator
