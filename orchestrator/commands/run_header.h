#pragma once
// What a report says about a run before anything is built: program, machine, tools, project, and what is off.

#include <string>

#include "orchestrator/plan/planner.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

report::Results run_header(const Planner& planner, Machine& machine, const std::string& id,
                           const std::string& started);

/// "target folders take 1.2 GiB in ..."; empty if it is little.
std::string space_taken(const Layout& layout, Keep keep);

}  // namespace pgo_orch::orchestrator
