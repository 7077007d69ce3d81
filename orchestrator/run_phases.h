#pragma once
// The phases of a variant's runs: a pass of its own, never in timed rounds.

#include <map>
#include <string>

#include "measure/sampler.h"
#include "measure/tracer.h"
#include "orchestrator/variant_build.h"

namespace pgo_orch::orchestrator {

/// A program whose runs are split.
struct Traced {
  std::string variant;
  std::map<std::string, std::string> run_env;
  std::filesystem::path executable;
  std::filesystem::path twin;  ///< the same code with its symbols; empty: none
};

/// The largest phase, if its share is over `limit`.
std::optional<std::string> dominant_phase(const std::vector<report::Phase>& phases, double limit);

/// The executable of a variant, and its twin where it was stripped.
Traced traced_program(const Planner& planner, const std::string& variant,
                      const std::map<std::string, std::string>& run_env, const std::string& program);

/// One workload. The traced run must print what an untraced one does. Where tracing is forbidden, what an
/// empty main takes stands for all but the computing, saying so; `plan`: of the variant, for that.
report::RunPhases split_runs(const Workload& workload, const Traced& traced, const VariantPlan& plan,
                             measure::Tracer& tracer, measure::Sampler& sampler, const Workshop& workshop);

}  // namespace pgo_orch::orchestrator
