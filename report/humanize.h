#pragma once
// Quantities as people read them.

#include <optional>
#include <string>

#include "report/findings.h"
#include "report/lookup.h"
#include "toolchains/units.h"

namespace pgo_orch::report {

/// Four significant digits with a unit: "87 ns", "902.3 µs", "25.31 ms", "4.120 s", "1250 s".
std::string human(Seconds time);

/// How much more or less time, in one unit: "-90.0 µs [-150, -30.0]"; "unresolved [-40.0, +60.0] µs" if the
/// interval includes zero, "unknown" if it is not bounded.
std::string human_difference(Seconds estimate, const std::optional<Seconds>& lo,
                             const std::optional<Seconds>& hi);

/// For what takes a while, without fractions: "8 s", "2 m 05 s", "1 h 12 m".
std::string human_wait(Nanoseconds time);

/// Three significant digits: "512 B", "421 KiB", "4.21 MiB".
std::string human(Bytes size);

/// The magnitude of a percentage, with the decimals that one of `scale` needs: "0.45", "1.6", "12.0", "250".
std::string human_percent(double percent, double scale);
std::string human_percent(double percent);

/// The same with its sign, also a plus.
std::string human_signed_percent(double percent, double scale);

/// "1 round", "3 rounds"
std::string human_count(std::int64_t count, const std::string& noun);

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
