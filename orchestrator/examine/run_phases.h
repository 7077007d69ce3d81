#pragma once
// The phases of a variant's runs: a pass of its own, never in timed rounds.

#include <map>
#include <string>

#include "measure/timer/sampler.h"
#include "orchestrator/build/entrant.h"
#include "orchestrator/build/variant_build.h"

namespace pgo_orch::orchestrator {

/// What examining programs and builds found: a part of the results.
struct Findings {
  report::Phases phases;
  std::vector<report::GroupShares> groups;
  std::vector<report::InspectedFunction> inspected;
  std::vector<report::AllocationCount> allocations;
  std::vector<report::FlamegraphFile> flamegraphs;
  std::vector<std::string> notes;  ///< each once

  void add(Findings more);
};

/// The instruments that runs are examined with.
struct Instruments {
  measure::Sampler& sampler;
  measure::Tracer& tracer;
};

/// A program whose runs are split.
struct Traced {
  Entrant entrant;
  measure::RunSpec run;
  std::filesystem::path executable;  ///< what is executed, by whatever runs it
  std::filesystem::path twin;        ///< the same code with its symbols; empty: none

  const std::filesystem::path& with_symbols() const { return twin.empty() ? executable : twin; }
};
Traced traced(const Entrant& entrant, const Workload& workload, const Planner& planner);

/// A variant's program as it was linked, before it was stripped; else as it is.
std::filesystem::path with_symbols(const Layout& layout, const std::string& variant,
                                   const std::string& program);

/// One workload, in which the entrant takes part. The traced run must print what an untraced one does. Where
/// tracing is not allowed, the times of an empty main are used for all phases but compute, with a note.
report::RunPhases split_runs(const Workload& workload, const Traced& traced, const Instruments& instruments,
                             const Workshop& workshop);

}  // namespace pgo_orch::orchestrator
