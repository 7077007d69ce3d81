#pragma once
// Settings as they are shown: the keys that are set, with their values as in pgo.toml.

#include <vector>

#include "profiles/settings.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

std::vector<report::Setting> view_settings(const profiles::Settings& settings);

}  // namespace pgo_orch::orchestrator
