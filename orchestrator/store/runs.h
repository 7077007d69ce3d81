#pragma once
// The runs that a state folder has.

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/store/layout.h"

namespace pgo_orch::orchestrator {

/// "2026-11-23T07-04-25Z", or with "-2" and so on behind it.
bool is_run_id(const std::string& name);

/// When a run with this id began, ISO 8601 in UTC; "" for what is not an id.
std::string start_of(const std::string& id);

/// The oldest first.
std::vector<std::string> runs_of(const Layout& layout);

/// The run that `latest` leads to; "" if there is none.
std::string latest_run(const Layout& layout);

/// Whether the run's results are complete: they are written and it was not interrupted.
bool is_finished(const Layout& layout, const std::string& id);

}  // namespace pgo_orch::orchestrator
