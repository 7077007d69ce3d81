#pragma once
// Settings as they are shown: keys and values as one would write them in pgo.toml, what is set only.

#include <vector>

#include "profiles/settings.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

std::vector<report::Setting> view_settings(const profiles::Settings& settings);

}  // namespace pgo_orch::orchestrator
