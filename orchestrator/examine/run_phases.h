#pragma once
// The phases of a variant's runs: a pass of its own, never in timed rounds.

#include <map>
#include <string>

#include "measure/timer/timer_sampler.h"
#include "orchestrator/build/variant_build.h"

namespace pgo_orch::orchestrator {

/// A program whose runs are split.
struct Traced {
  std::string variant;    ///< of a variant, or
  std::string reference;  ///< of a reference
  measure::RunSpec run;
  std::filesystem::path executable;            ///< what is executed, by whatever runs it
  std::filesystem::path twin;                  ///< the same code with its symbols; empty: none
  std::map<std::string, std::string> run_env;  ///< of the variant
  bool starts_itself = true;                   ///< false: a command of the workload's own starts it

  const std::filesystem::path& with_symbols() const { return twin.empty() ? executable : twin; }
};

Traced traced_variant(const Planner& planner, const VariantPlan& plan, const Workload& workload);
/// No value: the reference has no part in the workload.
std::optional<Traced> traced_reference(const Reference& reference, const Workload& workload,
                                       const Planner& planner);

/// A variant's program as it was linked, before it was stripped; else as it is.
std::filesystem::path with_symbols(const Layout& layout, const std::string& variant,
                                   const std::string& program);

/// The largest phase, if its share is over `limit`.
std::optional<std::string> dominant_phase(const std::vector<report::Phase>& phases, double limit);

/// One workload. The traced run must print what an untraced one does. Where tracing is forbidden, what an
/// empty main takes stands for all but the computing, saying so; `plan`: of the variant, for that.
report::RunPhases split_runs(const Workload& workload, const Traced& traced, const VariantPlan* plan,
                             measure::TimerSampler& timer, const Workshop& workshop);

}  // namespace pgo_orch::orchestrator
