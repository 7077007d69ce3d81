#pragma once
// The recommendation, in one sentence.

#include <optional>
#include <string>

#include "report/results.h"

namespace pgo_orch::orchestrator {

/// "pgo is 12.0 % faster than baseline [11.1, 12.8]; its build takes 2.3 times as long. Use it." Only what
/// the verdicts say.
std::string recommend(const report::Results& results);

/// The variant that the sentence is about, of those that are best in all workloads together: the baseline, if
/// it is among them; else what is shown to be faster than it, then the shorter build, the smaller file, the
/// earlier line. No value: nothing was measured.
std::optional<std::string> recommended(const report::Results& results);

}  // namespace pgo_orch::orchestrator
