#pragma once
// The numbers behind one comparison, so that a reader can follow it.

#include <string>
#include <utility>
#include <vector>

#include "measure/statistics/series.h"
#include "measure/statistics/verdict.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Lines of a name and what is to be said.
using Explanation = std::vector<std::pair<std::string, std::string>>;

/// How an interval came about: rounds, differences, the error of this look, both tests. `ends` as for
/// measure::compare; `unit`: of the medians.
Explanation explain(const measure::Differences& differences, const measure::Claim& claim,
                    measure::Quantity quantity, int ends);

/// The medians of both, in seconds or bytes.
std::pair<std::string, std::string> explain_medians(const std::string& base, const std::string& other,
                                                    double of_base, double of_other,
                                                    measure::Quantity quantity);

/// The comparison that is meant by "VARIANT", "VARIANT/WORKLOAD" or "VARIANT/WORKLOAD/METRIC" (runtime or
/// cpu; by default runtime), from the samples in the results. Error: there is none, or too few are kept to
/// say how it came about, with those that can be named.
Explanation explain_claim(const report::Results& results, const std::string& named);

/// Aligned, a line each.
std::string to_text(const Explanation& explanation);

}  // namespace pgo_orch::orchestrator
