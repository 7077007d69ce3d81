#pragma once
// For long programs, of which there are too few rounds for ranks to say anything (under 8).

#include <cstddef>
#include <optional>
#include <vector>

#include "measure/statistics/verdict.h"

namespace pgo_orch::measure {

/// Compares two of all the series of a measurement, with the noise estimated from these two and all others
/// that have their rounds: x_ri = ln(time), s^2 = sum (x_ri - mean_r - mean_i + mean)^2 / ((k-1)(n-1)), over
/// the n rounds of the two, for k series; interval mean_variant - mean_baseline +- t(df, 1 - a/2) s
/// sqrt(2/n), df = (k-1)(n-1), the two-way analysis of variance without replication. It supposes normal
/// noise, which can't be checked here, so a is a fifth of the claim's error, and an effect under three times
/// the noise floor (percent, where known) stays unresolved. No value with fewer than 3 such rounds or if
/// either dropped out. The basis is "parametric".
std::optional<Comparison> compare_few_rounds(const std::vector<Series>& all, std::size_t baseline,
                                             std::size_t variant, const Claim& claim,
                                             std::optional<double> noise_floor_pct = std::nullopt,
                                             Quantity quantity = Quantity::wall);

}  // namespace pgo_orch::measure
