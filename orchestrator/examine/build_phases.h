#pragma once
// The phases of a variant's build: one more build, watched through shims, never one that is timed.

#include "orchestrator/build/variant_build.h"

namespace pgo_orch::orchestrator {

/// Builds the last stage of the variant anew, elsewhere, and says where its time went. What an earlier run
/// found of the same build stands. A build that fails is said in `unavailable`.
report::BuildPhases split_build(const VariantPlan& plan, const Workshop& workshop);

}  // namespace pgo_orch::orchestrator
