#pragma once
// What incremental builds take: all of it, nothing, and after a change ([build] scenarios). The full, clean
// build is timed elsewhere.

#include <cstdint>
#include <vector>

#include "orchestrator/build/entrant.h"
#include "orchestrator/build/variant_build.h"

namespace pgo_orch::orchestrator {

/// A part of the results.
struct TimedScenarios {
  Rows rows;  ///< with Build::scenarios
  std::vector<std::string> notes;
};

/// Builds every ok variant in the scenarios that are asked for, `runs` of [build] times, all variants in each
/// round, in random order. Each has a target folder of its own, target-incr, and CARGO_INCREMENTAL=1:
/// incr-full is a build from nothing, incr-unchanged the same command again, incr-patched again after the
/// edit, which is undone before the next round: every repetition is the same real change. The edit is made in
/// a copy of the sources (.pgo-orch/incremental/NAME), never in the user's. A variant with a
/// profile is built with the one that it has; nothing is trained again.
///
/// What was timed is kept in the state folder, and not timed again for the same code and commands. A scenario
/// that can't be built has the reason in its row, and is not a failure of the variant.
TimedScenarios time_scenarios(const Entrants& entrants, std::uint64_t seed, const Workshop& workshop,
                              Rows rows);

/// Forgets all that was timed.
void forget_scenarios(const Layout& layout);

}  // namespace pgo_orch::orchestrator
