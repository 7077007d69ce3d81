#pragma once
// The unpacked programs: put in place, checked, and timed in the same rounds.

#include <map>
#include <string>
#include <vector>

#include "measure/rounds/race.h"
#include "orchestrator/build/check.h"
#include "orchestrator/confirm/confirm.h"
#include "orchestrator/confirm/packed_run.h"

namespace pgo_orch::orchestrator {

/// An archive that was unpacked: its workloads as they run here.
struct Unpacked {
  PackedRun packed;
  Config config;  ///< of its workloads and what decides how claims are made; nothing is built by it
  std::vector<Workload> workloads;
  report::Rows rows;  ///< of the programs in place

  profiles::Settings settings_of(const std::string& variant) const;
};

/// Unpacks it below the work's folder and makes what is not in it: standard input, lists of files, empty
/// folders. Error: see read_packed_run; or the executables in it are not those that it names.
Unpacked unpack(const std::filesystem::path& archive, const ConfirmWork& work);

/// Variants that cannot be timed in a workload, with the reason.
using Unfit = std::map<std::string, std::string>;

/// Runs the programs of these variants and of the baseline, which says what the others must print; the
/// checker of that workload knows it from then on. Empty: all do what they should. If the baseline does not,
/// it is the only one in it.
Unfit check_again(const Unpacked& unpacked, Checker& checker, const std::vector<std::string>& variants,
                  std::vector<std::string>& notes);

/// What timing a workload takes.
struct AgainClock {
  measure::Sampler& sampler;
  std::uint64_t seed = 0;
  Nanoseconds budget{};
  measure::Claim claim;  ///< of which each comparison is one
  std::vector<report::ClaimedTwice> claims;
  const Checker* checker = nullptr;  ///< knows what the program must print
};

/// Measures the baseline, these variants and a copy of the baseline until each claim can be told, or the time
/// is up. The first run of each is checked: it is of a copy. The ids of series are those of rows.
measure::Measured time_again(const Unpacked& unpacked, const Workload& workload,
                             const std::vector<std::string>& variants, const AgainClock& clock,
                             const ConfirmWork& work);

}  // namespace pgo_orch::orchestrator
