#pragma once
// Both versions in the same rounds.

#include <array>
#include <cstdint>
#include <vector>

#include "measure/rounds/race.h"
#include "orchestrator/build/check.h"
#include "orchestrator/gate/build.h"

namespace pgo_orch::orchestrator {

/// What timing them needs.
struct GateClock {
  measure::Sampler& sampler;
  std::uint64_t seed = 0;
  Nanoseconds budget{};  ///< of one workload
  std::vector<measure::GateMetric> metrics;
  const Checker* checker = nullptr;  ///< knows what the workload must print; null: nobody looks
  bool differs = false;              ///< the new version prints something else, which is known
};

using BothBuilt = std::array<Built, 2>;
inline constexpr std::size_t base_place = 0, head_place = 1;  ///< there, and among the series of an order

/// In how many orders of their code there are both versions.
std::size_t pairs_of(const BothBuilt& both);

/// Measures until each metric of the workload passes or fails, or the time is up: of each order the old
/// version's series and the new one's, then that of a copy of the old one. Throws Error if the old version
/// fails; a failure of the new one is in its series.
measure::Measured time_both(const Workload& workload, const BothBuilt& both, const measure::Claim& claim,
                            const GateClock& clock, const GateWork& work);

/// Of the new version, in any order of its code.
std::optional<std::string> failure_of_head(const measure::Measured& measured);

/// Whether it is claimed by the samples of rounds.
bool is_timed(measure::GateMetric metric);

}  // namespace pgo_orch::orchestrator
