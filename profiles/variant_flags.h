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

/// What rustc's command line must say for the profile keys that the variant sets: "opt-level" -> "3". Of each
/// key the last occurrence counts; cargo leaves out what is rustc's default.
std::vector<FlagKey> profile_options(const Settings& settings);

}  // namespace pgo_orch::profiles
