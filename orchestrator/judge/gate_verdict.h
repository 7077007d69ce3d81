#pragma once
// Is the new version worse than the old one by more than is allowed? A test of non-inferiority: `fail` and
// `pass` are both shown, each with the error of the claim; what neither shows is `open`.

#include <cstdint>
#include <vector>

#include "measure/rounds/rounds.h"
#include "measure/statistics/verdict.h"
#include "orchestrator/config/gate.h"
#include "orchestrator/judge/explain.h"
#include "report/gate.h"

namespace pgo_orch::orchestrator {

/// The claim of each of this many comparisons, so that all of a gate's together are wrong with the
/// probability 1 - confidence at most. Whatever the truth is, only one end of an interval can mislead: what
/// is within the guard cannot be passed wrongly, what is beyond it not failed wrongly. So each end has the
/// whole error of its comparison.
measure::Claim gate_claim(double confidence, std::size_t comparisons);

/// In percent of what the old version takes, `base`.
report::Percent allowed_percent(const Allowance& allowance, double base);

/// The differences that judge_timed is about: of several orders of code, the mean in each round.
measure::Differences differences_of(const measure::Measured& measured, std::size_t pairs,
                                    measure::GateMetric metric);

/// How judge_timed came to what it says.
Explanation explain_timed(const measure::Measured& measured, std::size_t pairs, measure::GateMetric metric,
                          const Allowance& allowance, const measure::Claim& claim);

/// Of run time, CPU time, memory, or builds; of too few builds for ranks to say anything it takes noise to be
/// normal. The series are, for each of `pairs` orders of code, the old version's and the new one's; then
/// there may be that of a copy of the old one: if it measured differently, the interval is wider by as much.
/// Several orders are one comparison, of the mean of their differences in each round, whose interval is also
/// that of Student's t over the orders: where a loss comes from the place of code, it differs between them.
report::PairResult judge_timed(const measure::Measured& measured, std::size_t pairs,
                               measure::GateMetric metric, const Allowance& allowance,
                               const measure::Claim& claim);

/// Of what is exact: sizes.
report::PairResult judge_exact(double base, double head, const Allowance& allowance);

/// Of instructions, counted in several runs of each, which must not be empty: the interval has every ratio of
/// two of them.
report::PairResult judge_counted(const std::vector<std::uint64_t>& base,
                                 const std::vector<std::uint64_t>& head, const Allowance& allowance);

/// What is said of it, from one pair of builds or two. `rebuilt`: the second pair was built again, not only
/// measured again.
void conclude(report::GateClaim& claim, bool rebuilt);

}  // namespace pgo_orch::orchestrator
