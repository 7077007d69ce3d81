#pragma once
// From a variant to the files that are shipped: built from clean, proved, checked and packed.

#include "orchestrator/build/variant_build.h"
#include "orchestrator/release/facts.h"
#include "orchestrator/release/release_config.h"

namespace pgo_orch::orchestrator {

/// Builds, proves, checks and packs into a folder, for one target. Throws Error for whatever must not be
/// shipped.
Manifest make_release(const ReleaseConfig& release, const ReleaseOrder& order, const Workshop& workshop,
                      const std::filesystem::path& folder);

}  // namespace pgo_orch::orchestrator
