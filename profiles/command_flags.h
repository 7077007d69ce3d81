#pragma once
// What a variant's settings mean where cargo does not stand between: to rustc, to a C compiler and to its
// linker. Text in, text out.

#include <string>
#include <vector>

#include "profiles/flag.h"
#include "profiles/settings.h"
#include "toolchains/command.h"

namespace pgo_orch::profiles {

/// The options that cargo would make of the profile's keys (rustc's book, "Codegen Options").
std::vector<Flag> profile_flags(const Settings& settings);

/// For C and C++, in the spelling that GCC and clang share.
std::vector<Flag> c_flags(const Settings& settings);

/// For a C compiler that links. `rustflags`: what rustc is given; its -Clink-arg are taken over.
std::vector<Flag> link_flags(const Settings& settings, const std::vector<Flag>& rustflags);

/// The profile for a cargo that the command calls itself: CARGO_PROFILE_RELEASE_*.
toolchains::EnvironmentChanges cargo_profile_environment(const Settings& settings);

}  // namespace pgo_orch::profiles
