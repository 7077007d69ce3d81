#pragma once
// Is the profile in the bytes that are shipped? Known in two ways that share nothing: what each rustc says
// that it read, and what the code says that it was compiled with.

#include "orchestrator/build/variant_build.h"
#include "orchestrator/release/manifest.h"

namespace pgo_orch::orchestrator {

/// Has the final stage's linker write maps, for the second way. `folder`: for the script that does. Error:
/// the linker is not found.
void have_links_mapped(VariantPlan& plan, const std::filesystem::path& folder);

/// Has the final stage's rustcs say which functions they look up in the profile, as they do of saved ones.
void have_lookups_told(VariantPlan& plan);

/// First way, what compilers say that they read. Built by cargo: the dep-info that rustc wrote for each crate
/// names the profile. By a command: they looked up functions that the profile has. Adds what it counts.
/// Throws Error with what had no profile.
void prove_reading(const VariantPlan& plan, ManifestPgo& found);

/// Second way: each shipped executable has the code of the linked one, whose map puts functions where their
/// symbols are, in sections that only a profile makes. Adds what it counts. Throws Error if a file does not
/// pass.
void prove_code(const VariantPlan& plan, const std::filesystem::path& shipped, toolchains::Runner& runner,
                ManifestPgo& found);

}  // namespace pgo_orch::orchestrator
