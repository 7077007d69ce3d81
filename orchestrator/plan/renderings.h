#pragma once
// The plan as text, JSON and a shell script: what comes before all variants, and one variant.

#include <string>
#include <vector>

#include "orchestrator/plan/planner.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Settings as they are shown: the keys that are set, with their values as in pgo.toml.
std::vector<report::Setting> view_settings(const profiles::Settings& settings);

std::string plan_text_header(const Planner& planner);
std::string plan_text(const VariantPlan& plan, const Planner& planner);
std::string plan_json_header(const Planner& planner);
std::string plan_json(const VariantPlan& plan, const Planner& planner);
std::string plan_shell_header(const Planner& planner);
std::string plan_shell(const VariantPlan& plan, const Planner& planner);

}  // namespace pgo_orch::orchestrator
