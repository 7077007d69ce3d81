#pragma once
// What is known about a run before anything is built: machine, tools, project, and what to watch out for.

#include <map>
#include <string>

#include "orchestrator/plan/planner.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// The tools that the report names; the last question to the machine before anything is planned.
std::map<std::string, report::Tool> find_tools(const Planner& planner, Machine& machine);

report::Results run_header(const Planner& planner, std::map<std::string, report::Tool> tools,
                           const std::string& id, const std::string& started);

/// "... takes 1.2 GiB"; empty if it is little.
std::string space_taken(const Layout& layout, Keep keep);

}  // namespace pgo_orch::orchestrator
