#pragma once
// Values of environment variables, which may be tokens: results are passed on.

#include "orchestrator/config/config.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// The results without the values of `env` and `run-env` in pgo.toml: commands and messages have NAME=***,
/// and settings a digest, by which different values can still be told from each other.
report::Results without_private_values(const report::Results& results, const Config& config);

}  // namespace pgo_orch::orchestrator
