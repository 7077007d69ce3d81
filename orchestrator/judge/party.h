#pragma once
// Who is judged: a variant or a reference, and what was measured of it.

#include <optional>
#include <string>
#include <vector>

#include "measure/statistics/verdict.h"
#include "orchestrator/config/config.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// What all judging is made of.
struct Evidence {
  const Config& config;
  const report::Results& results;
  measure::Claim claim;

  const report::Benchmark* benchmark(const std::string& workload) const;
};

struct Party {
  std::string name;
  bool reference = false;
  /// What its samples and phases go by: a variant's twin with the same code, if there is one.
  std::string measured_as;
  const report::Build* build = nullptr;            ///< its own; null: none was timed
  const report::VariantResult* variant = nullptr;  ///< null: it is a reference
  std::string out;                                 ///< why nothing can be said of it; empty: it is well
};

Party find_party(const Evidence& evidence, const std::string& name);

/// The samples of the party in the workload; null: it was not timed there.
const report::Samples* samples_of(const report::Benchmark& benchmark, const Party& party);

/// The variant that "best" means for this metric: of run time (and all else but the next two) the recommended
/// one, of builds the best build, of sizes the smallest; ties go to the shorter build, then the smaller file,
/// then the earlier line. No value: nobody is.
std::optional<std::string> best_for(GoalMetric metric, const report::Results& results);

}  // namespace pgo_orch::orchestrator
