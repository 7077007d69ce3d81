#pragma once
// From raw times to comparisons, the best of each metric, and a sentence.

#include "orchestrator/judge/standings.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Fills `comparisons` (the variants', then the references', which have reference_flag), `builds`, `best` and
/// `recommendation`. The confidence holds for all measured claims together. `builds`: those that were timed
/// in rounds.
void decide(const Config& config, const measure::Measurements& measurements, const measure::Measured& builds,
            report::Results& results);

/// The best of each metric and what is not distinguishable from it; needs `comparisons`.
report::Best rank(const Standings& standings, const report::Results& results);

/// What building a variant took, or its executables' size together; no value if unknown.
std::optional<double> build_seconds(const report::VariantResult& variant);
std::optional<double> size_bytes(const report::VariantResult& variant);

}  // namespace pgo_orch::orchestrator
