#pragma once
// The phases of a variant's build: one more build, watched through shims, never one that is timed.

#include "orchestrator/build/variant_build.h"

namespace pgo_orch::orchestrator {

/// Builds the last stage of the variant again in another folder, and returns where its time went. Reuses what
/// an earlier run found for the same build. If the build fails, `unavailable` has the reason.
report::BuildPhases split_build(const VariantPlan& plan, const Workshop& workshop);

}  // namespace pgo_orch::orchestrator
