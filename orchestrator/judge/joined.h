#pragma once
// What two measurements of the same artifacts say of one claim: of the run that made it, and of a second one
// with rounds of its own.
//
// A claim that both make is wrong only if both are. Whatever their errors have to do with each other, that
// happens with the smaller of their two probabilities at most; it would be the product if they were
// independent, which measurements of the same files are not.

#include <vector>

#include "report/confirm.h"

namespace pgo_orch::orchestrator {

/// What a run claims of run time and CPU time, in each workload and in all together, in the order of its
/// comparisons: variants that are faster, slower or equivalent, and those that are over a guard. Not of
/// references, and of variants with the same code only the one that was timed.
std::vector<report::ClaimedTwice> claims_of_run(const report::Results& results);

/// `second`: the same comparison, by the second measurement. `precision`: a fraction; smaller differences do
/// not matter.
///
/// Confirmed: its verdict is one of the same direction, so its interval excludes zero; of equivalence, the
/// interval is within +-precision, too; of a guard, the whole interval is over it, too.
/// Contradicted: the interval excludes zero in the other direction; or it is within +-precision, unless it
/// excludes zero in the same direction and the run's own interval reaches there, too; of equivalence, all of
/// it is outside of +-precision; of a guard, all of it is within.
/// Everything else is not confirmed.
report::Joined join(report::ClaimKind kind, const report::Comparison& first, const report::Comparison& second,
                    double precision);

/// Whether all that the run's recommendation rests on is confirmed: every claim about the variant that it
/// names, and about those that a guard stopped; of the baseline, every claim at all.
bool is_confirmed_recommendation(const report::Results& results,
                                 const std::vector<report::ClaimedTwice>& claims);

}  // namespace pgo_orch::orchestrator
