#pragma once
// Figures of goals, decisions and gates as people read them.

#include <optional>
#include <string>

#include "report/findings.h"

namespace pgo_orch::report {

/// "2.080 ms", "421 KiB", "0.795", "12.5 %".
std::string figure_text(double value, Unit unit);

/// "2.080 ms [2.030 ms, 2.140 ms]", "…" for a bound that is not known; without brackets if neither is, or if
/// both are the value.
std::string figure_text(double value, const std::optional<double>& lo, const std::optional<double>& hi,
                        Unit unit);

/// The same without the value: "[2.030 ms, 2.140 ms]".
std::string interval_text(const std::optional<double>& value, const std::optional<double>& lo,
                          const std::optional<double>& hi, Unit unit);

/// What it is about: "runtime of pgo in fib35 / julia".
std::string subject_text(const GoalResult& goal);
std::string subject_text(const DecisionResult& decision);

}  // namespace pgo_orch::report
