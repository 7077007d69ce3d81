#pragma once
// From a variant to the files that are shipped: built from clean, proved, checked, packed, and put in place
// in one step.

#include "orchestrator/build/variant_build.h"
#include "orchestrator/release/facts.h"
#include "orchestrator/release/out_folder.h"
#include "orchestrator/release/release_config.h"

namespace pgo_orch::orchestrator {

/// Builds, proves, checks and packs into the folder's staging place; the caller publishes it. Throws Error
/// for whatever must not be shipped.
Manifest make_release(const ReleaseConfig& release, const ReleaseOrder& order, const Workshop& workshop,
                      OutFolder& out);

}  // namespace pgo_orch::orchestrator
