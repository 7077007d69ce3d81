#pragma once
// Writes the file of `pgo-orch profile save`, and what is beside it.

#include <filesystem>
#include <optional>
#include <vector>

#include "orchestrator/plan/planner.h"
#include "pgo/lookups.h"
#include "pgo/provenance.h"

namespace pgo_orch::orchestrator {

/// Error: another kind of file is there, or is meant.
void check_saved_file(const std::filesystem::path& file);

/// The merged profile of a variant that was trained, without functions that no run called; with its
/// provenance. Each file is there in full or not at all.
pgo::Provenance write_saved_profile(const std::filesystem::path& file, const VariantPlan& plan,
                                    const Planner& planner, toolchains::Runner& runner);

/// What is in a profile.
std::vector<pgo::ProfileRecord> records_of(const std::filesystem::path& profile,
                                           const std::filesystem::path& llvm_profdata,
                                           toolchains::Runner& runner);

/// The instrumented build in a folder of its own, with the names of the saved profile; rustc says which
/// functions it instruments.
pgo::BuildStep instrumented_as_saved(pgo::BuildStep step, std::optional<pgo::Pinning> pinning);

}  // namespace pgo_orch::orchestrator
