#pragma once
// Inside training: profiles that should be there and are not.

#include <cstdint>
#include <string>
#include <vector>

#include "pgo/step.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

struct LostProfiles {
  std::vector<std::string> each;  ///< "'work' (process 12) wrote no profile"
  std::string cause_and_remedy;   ///< how a sentence that begins with one of them ends
};

/// Those of one training run whose loss is known: of processes that did not end by themselves; those that
/// could not be written, as the profile runtime says on standard error (in the log from `said_before` on);
/// and those of instrumented processes that were seen to write none. Of these kinds the first that has any.
LostProfiles lost_profiles(const pgo::TrainStep& step, const toolchains::Outcome& outcome,
                           std::uintmax_t said_before);

/// "'work' (process 12) wrote no profile (and 2 more)". `lost` is not empty.
std::string shortened(const std::vector<std::string>& lost);

}  // namespace pgo_orch::orchestrator
