#pragma once
// The stages of a run on different machines: each reads what the last one left in a .pgoz file.

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/build/variant_build.h"
#include "orchestrator/stages/part.h"

namespace pgo_orch::orchestrator {

/// Builds the instrumented programs of these variants, and writes the archive. Error: a build failed, or a
/// variant has nothing to train with.
Part instrument(const std::vector<VariantPlan>& plans, const Workshop& workshop,
                const std::filesystem::path& archive);

/// What training shares, and where it lies.
struct TrainingSite {
  const Config& config;
  const Layout& layout;
  toolchains::Runner& runner;
  report::Progress& progress;
};

/// Trains all variants of an archive that was unpacked into `folder`, and writes the profiles in its place.
/// Needs no compiler; without an llvm-profdata of the right LLVM the raw profiles are handed on (`said`:
/// why). Error: a workload failed, printed something else than `expect` says, or left no profile.
Part train(const Part& part, const std::filesystem::path& folder, const TrainingSite& site,
           const std::filesystem::path& archive, std::string& said);

/// The configuration in which the variants of a trained archive use its profiles, which are put into the
/// state folder. Error: it was not trained, a tool is missing, or it is of other sources or settings.
Config with_profiles_of(const std::filesystem::path& archive, const Config& config, const Layout& layout,
                        Machine& machine);

/// Error if one of these variants of such a configuration would have to be trained.
void demand_in_archive(const Config& config, const std::vector<std::size_t>& variants);

}  // namespace pgo_orch::orchestrator
