#pragma once
// An entrant as one that is timed: how it is started, and how its first run is checked.

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "measure/rounds/rounds.h"
#include "orchestrator/build/check.h"
#include "orchestrator/build/entrant.h"
#include "orchestrator/build/variant_build.h"

namespace pgo_orch::orchestrator {

/// What timing needs: how long, in which order and on which CPUs.
struct Stopwatch : Workshop {
  measure::Sampler& sampler;
  std::uint64_t seed;
  Nanoseconds budget;
  measure::Claim claim;              ///< one about run time
  std::vector<int> cpus;             ///< to which timed programs are bound; empty: to none
  bool fixed_layout = false;         ///< timed programs run without address space layout randomization
  const Checker* checker = nullptr;  ///< knows what programs must print
};

/// Why contenders failed, as far as more is known than a line.
using Complaints = std::map<measure::ContenderId, Complaint>;

/// One run of a workload as it is timed: argv[0] is the program's name in every variant, only the file
/// that is executed differs. `program`: a copy of its file; empty: it runs where it is. Output that is
/// kept goes to `scratch`.
measure::RunSpec spec_of(const Entrant& entrant, const Workload& workload, const Planner& planner,
                         const std::filesystem::path& program, const std::filesystem::path& scratch);

/// The same of a command that is known.
measure::RunSpec spec_of(const toolchains::Command& command, const Workload& workload,
                         const std::filesystem::path& scratch);

/// Shows the rounds of a workload, between them: drawing while a program is timed would disturb it.
std::function<void(const measure::Progress&)> showing_rounds(const std::string& workload,
                                                             report::Progress& progress);

/// A program that is there, whoever built it.
struct FinishedProgram {
  std::string name;
  measure::ContenderId id = 0;
  std::filesystem::path executable;  ///< what lies beside it is its own, too
  std::vector<toolchains::CheckedFile> checked;
  profiles::Settings settings;       ///< for its runs
  std::filesystem::path logs;        ///< the folder of its logs
  const Checker* checker = nullptr;  ///< looks at its first run; null: that may print anything
};

/// The same for one. Refers to the workload, the checker and the runner.
measure::Contender contender_of(const Workload& workload, const FinishedProgram& program,
                                const std::filesystem::path& scratch, toolchains::Runner& runner);

/// The entrant as one to be timed, its first run to be checked; references in fewer rounds, and never capped.
/// Refers to all but the entrant and the id, which is another for a second copy.
measure::Contender contender_of(const Workload& workload, const Entrant& entrant, const Stopwatch& stopwatch,
                                const std::filesystem::path& scratch, measure::ContenderId id,
                                Complaints& complaints);

}  // namespace pgo_orch::orchestrator
