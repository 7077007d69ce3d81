#pragma once
// What is known about a run before anything is built: machine, tools, project, and what to watch out for.

#include <map>
#include <string>
#include <vector>

#include "orchestrator/plan/planner.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// This machine, for a report.
report::Host host_here();

/// The tools that the report names; the last question to the machine before anything is planned.
std::map<std::string, report::Tool> find_tools(const Planner& planner, Machine& machine);

/// What notes_on_wishes begin with.
inline constexpr const char* of_every_variant = "applies to every variant that does not set it: ";
/// Profile settings in the user's environment and configuration files, a note of the report for each.
std::vector<std::string> notes_on_wishes(const profiles::UserConfig& user);

report::Results run_header(const Planner& planner, std::map<std::string, report::Tool> tools,
                           const std::string& id, const std::string& started);

}  // namespace pgo_orch::orchestrator
