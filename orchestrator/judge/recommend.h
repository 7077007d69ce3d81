#pragma once
// The one sentence that a person can act on.

#include <optional>
#include <string>

#include "report/results.h"

namespace pgo_orch::orchestrator {

/// "pgo is 12.0 % faster than baseline [11.1, 12.8]; it builds 2.3 times as long. Use it." Only what the
/// verdicts say: without a verdict the sentence says that, too.
std::string recommend(const report::Results& results);

/// The variant that the sentence is about: of those that are best in all workloads together the baseline, if
/// it is among them, else what is shown to be faster than it, the shorter build, then the smaller file, then
/// the earlier line. No value: nothing was measured.
std::optional<std::string> recommended(const report::Results& results);

}  // namespace pgo_orch::orchestrator
