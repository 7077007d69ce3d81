#pragma once
// From raw times to comparisons, the best of each metric, and a sentence.

#include "orchestrator/judge/standings.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// What the samples say of the run's programs and builds: a part of the results.
struct Compared {
  std::vector<report::Comparison>
      comparisons;                            ///< the variants', then the references' (with Flag::reference)
  std::optional<report::BuildRounds> builds;  ///< none: each build was timed once
};

/// Compares all rows with the baseline. The confidence holds for all measured claims together. `builds`:
/// those that were timed in rounds. `results`: as they are without verdicts.
Compared compare_with_baseline(const Config& config, const measure::Measurements& measurements,
                               const measure::Measured& builds, const report::Results& results);

/// The best of each metric and what is not distinguishable from it; needs the comparisons.
report::Best rank(const Config& config, const measure::Measurements& measurements,
                  const measure::Measured& builds, const report::Results& results);

/// What building a variant took, or its executables' size together; no value if unknown.
std::optional<double> build_seconds(const report::VariantResult& variant);
std::optional<double> size_bytes(const report::VariantResult& variant);

/// "pgo is 12.0 % faster than baseline [11.1, 12.8]; its build takes 2.3 times as long. Use it." Only what
/// the verdicts say.
std::string recommend(const report::Results& results);

/// The variant that the sentence is about, of those that are best in all workloads together: the baseline, if
/// it is among them; else what is shown to be faster than it, then the shorter build, the smaller file, the
/// earlier line. No value: nothing was measured.
std::optional<std::string> recommended(const report::Results& results);

}  // namespace pgo_orch::orchestrator
