#pragma once
// Builds a release once more, elsewhere and otherwise, and says what came out differently.

#include <string>

#include "orchestrator/plan/planner.h"
#include "orchestrator/release/reproducible.h"
#include "report/progress.h"

namespace pgo_orch::orchestrator {

/// The folders of a build that compilers write into executables, and what they are to be called.
FolderNames folders_of(const Planner& planner);

/// Builds the variant (not yet remapped) from a copy of the sources in a state folder of its own, training
/// included, in another world. `first` built it, remapped. What differs, and what to do; "": all executables
/// have the same bytes.
std::string build_again(const Config& config, const Variant& variant, const Planner& first,
                        const Layout& layout, const std::filesystem::path& checkouts,
                        toolchains::Runner& runner, report::Progress& progress);

}  // namespace pgo_orch::orchestrator
