#pragma once
// Times the executables: one measurement a workload, with every entrant in every round.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "measure/rounds/rounds.h"
#include "orchestrator/build/entrant.h"
#include "orchestrator/build/variant_build.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// What timing needs: how long, in which order and on which CPUs.
struct Stopwatch : Workshop {
  measure::Sampler& sampler;
  std::uint64_t seed;
  Nanoseconds budget;
  measure::Claim claim;       ///< one about run time
  std::vector<int> cpus;      ///< to which timed programs are bound; empty: to none
  bool fixed_layout = false;  ///< timed programs run without address space layout randomization
};

/// One run of a workload as it is timed: argv[0] is the program's name in every variant, only the file
/// that is executed differs. `program`: a copy of its file; empty: it runs where it is. Output that is
/// kept goes to `scratch`.
measure::RunSpec spec_of(const Entrant& entrant, const Workload& workload, const Planner& planner,
                         const std::filesystem::path& program, const std::filesystem::path& scratch);

/// The entrant as one to be timed; references in fewer rounds, and never capped. Refers to
/// `workload` and `stopwatch`.
measure::Contender contender_of(const Workload& workload, const Entrant& entrant, const Stopwatch& stopwatch,
                                const std::filesystem::path& scratch);

/// What timing found: a part of the results.
struct Timed {
  Rows rows;  ///< with the failures that timing saw
  measure::Measurements measurements;
  std::vector<report::Benchmark> benchmarks;
  std::vector<std::string> notes;
};

/// All measured workloads, each until all is known or the time is up, with the rounds of the resumed run.
/// Where the control measures differently from the baseline, the workload restarts once, with fresh copies.
/// `more_time`: what an earlier run measured to its end is measured on.
Timed time_programs(const Entrants& entrants, const std::vector<Workload>& workloads,
                    const Unfinished& earlier, bool more_time, const Stopwatch& stopwatch, Rows rows);

}  // namespace pgo_orch::orchestrator
