#pragma once
// Build times that can be compared: clean builds of all variants in rounds, in random order, as programs are
// timed. What the first builds took, one variant after another, is only shown.

#include <cstdint>
#include <vector>

#include "measure/rounds/rounds.h"
#include "orchestrator/build/variant_build.h"

namespace pgo_orch::orchestrator {

/// Builds anew, `runs` of [build] times, what is ok: the baseline, with a control a second time, and every
/// variant. A variant's time is that of all its cargo builds, and of its training and merging as they took
/// when it was first built. Rounds are kept in the state folder; a variant that has enough of them beside
/// the baseline is not built again, so only variants that are new or other than before are.
///
/// `rows` are of the `variants` of the configuration, by index. Puts the rounds' times into the rows; one
/// that fails to build is marked so. `references` whose builds are to be compared take part, with rounds of
/// this run only, since nobody knows what they read. The series have the variants' and references' names, and
/// control_name. Without any if `runs` is 1.
measure::Measured time_builds(const std::vector<std::size_t>& variants, std::uint64_t seed,
                              const Workshop& workshop, std::vector<report::VariantResult>& rows,
                              std::vector<report::ReferenceResult>& references);

/// Forgets all rounds.
void forget_build_rounds(const Layout& layout);

}  // namespace pgo_orch::orchestrator
