#pragma once
// A profile that was trained earlier and is kept with the sources.

#include <optional>
#include <string>

#include "orchestrator/config/config.h"
#include "pgo/pinning.h"

namespace pgo_orch::orchestrator {

/// The path with {target} replaced by the target triple: a profile belongs to one target.
std::filesystem::path profile_for(const std::filesystem::path& profile, const std::string& target);

/// `pgo-orch profile save ... --train`, for a variant with a saved profile; "": it has none.
std::string retrain_command(const Config& config, const Variant& variant);

/// What makes rustc use the names that a saved profile has.
struct PinnedNames {
  pgo::Pins pins;
  std::string script;
};

/// Of today's Cargo.lock. None: there is none yet. Error: the profile's provenance cannot be read.
std::optional<PinnedNames> pinned_names(const pgo::Pinning& pinning);

/// Reads what is beside the profile; none if nothing is. Error: it cannot be read.
std::optional<pgo::Provenance> provenance_of(const std::filesystem::path& profile);

}  // namespace pgo_orch::orchestrator
