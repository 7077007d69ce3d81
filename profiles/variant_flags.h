#pragma once
// The rustflags that a variant's settings mean.

#include <string>
#include <vector>

#include "profiles/flag.h"
#include "profiles/settings.h"

namespace pgo_orch::profiles {

/// In the order in which rustc gets them, behind the user's own: CPU, features, CRT, relocation model, linker
/// (as a test link found it to work), link arguments, cfg, and last the variant's raw rustflags.
std::vector<Flag> variant_flags(const Settings& settings, const std::vector<std::string>& linker_flags);

/// What an executable must be built with, for the profile keys that the variant sets and no package
/// overrides: "opt-level" -> "3". In rustc's words, "thin-local" being its default for lto.
std::vector<FlagKey> profile_options(const Settings& settings);

}  // namespace pgo_orch::profiles
