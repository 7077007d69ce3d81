#pragma once
// What is known about a run before anything is built: machine, tools, project, and what to watch out for.

#include <string>

#include "orchestrator/plan/planner.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

report::Results run_header(const Planner& planner, Machine& machine, const std::string& id,
                           const std::string& started);

/// "... takes 1.2 GiB"; empty if it is little.
std::string space_taken(const Layout& layout, Keep keep);

}  // namespace pgo_orch::orchestrator
