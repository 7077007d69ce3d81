#pragma once
// The one sentence that a person can act on.

#include <string>

#include "report/results.h"

namespace pgo_orch::orchestrator {

/// "pgo is 12.0 % faster than baseline [11.1, 12.8]; it builds 2.3 times as long. Use it." Only what the
/// verdicts say: without a verdict the sentence says that, too.
std::string recommend(const report::Results& results);

}  // namespace pgo_orch::orchestrator
