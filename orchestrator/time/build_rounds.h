#pragma once
// Build times that can be compared: clean builds of all variants in rounds, in random order, as programs are
// timed. What the first builds took, one variant after another, is only shown.

#include <cstdint>
#include <vector>

#include "measure/rounds/rounds.h"
#include "orchestrator/build/entrant.h"
#include "orchestrator/build/variant_build.h"

namespace pgo_orch::orchestrator {

/// Whether a goal or a decision is about clean builds.
bool asks_about_builds(const Questions& questions);

/// A part of the results.
struct TimedBuilds {
  Rows rows;                   ///< with the rounds' times; what failed to build again has failed
  measure::Measured measured;  ///< without series if `runs` of [build] is 1
};

/// Builds the baseline (twice with a control) and every ok variant again, `runs` of [build] times. A
/// variant's time is that of all its cargo builds, and of its training and merging as they took when it was
/// first built. Rounds are kept in the state folder; a variant that has enough of them beside the baseline is
/// not built again, so only variants that are new or other than before are.
///
/// References whose builds are compared take part, with rounds of this run only, since it is not known
/// what they read.
TimedBuilds time_builds(const Entrants& entrants, std::uint64_t seed, const Workshop& workshop, Rows rows);

/// Forgets all rounds.
void forget_build_rounds(const Layout& layout);

}  // namespace pgo_orch::orchestrator
