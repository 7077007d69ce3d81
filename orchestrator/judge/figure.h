#pragma once
// A goal's or decision's figure, from all that was measured.

#include <optional>
#include <string>

#include "orchestrator/judge/known.h"
#include "orchestrator/judge/party.h"

namespace pgo_orch::orchestrator {

/// Absolute: seconds, or bytes. Without a workload of all workloads together: times are the weighted sum of
/// each one's (the time of running all of them once, if no weights are given), memory is the largest of each.
Known figure_of(const Evidence& evidence, const Figure& figure, const std::string& party);

/// As a share of what `to` takes, which is a variant or a reference: run times in the rounds that both have,
/// all workloads together as the weighted geometric mean, as in comparisons; anything else as the quotient of
/// both figures, with the interval that both intervals imply.
Known ratio_of(const Evidence& evidence, const Figure& figure, const std::string& party,
               const std::string& to);

/// Seconds, bytes or a fraction.
std::optional<double> to_number(const std::optional<Limit>& limit);

/// "s" or "bytes".
const char* unit_of(GoalMetric metric);

/// How many intervals the goals and decisions are about, each a claim that may err: of those that are about
/// the best variant any of `variants` may turn out to be it.
int claims_of(const Questions& questions, std::size_t variants, std::size_t workloads);

/// About how many rounds more it takes until the interval does not hold `edge`; no value: not known.
std::optional<int> more_rounds(const Evidence& evidence, const Known& known, double edge);

}  // namespace pgo_orch::orchestrator
