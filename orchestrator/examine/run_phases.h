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

  /// Runs that were traced again replace those of before.
  void add(Findings more);
};

/// What runs are examined with.
struct Instruments {
  measure::Sampler& sampler;
  measure::Tracer& tracer;
  std::uint64_t seed = 0;  ///< of the order of traced runs
};

/// A program whose runs are split.
struct Traced {
  Entrant entrant;
  measure::RunSpec run;              ///< of the program where it is; rounds run copies
  std::filesystem::path executable;  ///< what is executed, by whatever runs it
  std::filesystem::path twin;        ///< the same code with its symbols; empty: none

  const std::filesystem::path& with_symbols() const { return twin.empty() ? executable : twin; }
  /// Whether the twin still is one.
  bool has_its_code() const;
};
Traced traced(const Entrant& entrant, const Workload& workload, const Planner& planner);

/// A variant's program as it was linked, before it was stripped; else as it is.
std::filesystem::path with_symbols(const Layout& layout, const std::string& variant,
                                   const std::string& program);

/// One workload, in which all of them take part: the traced runs of all are in the same rounds, in random
/// order. The traced run must print what an untraced one does. Where tracing is not allowed, the times of an
/// empty main are used for all phases but compute, with a note.
std::vector<report::RunPhases> split_runs(const Workload& workload, const std::vector<Traced>& programs,
                                          const Instruments& instruments, const Workshop& workshop);

}  // namespace pgo_orch::orchestrator
