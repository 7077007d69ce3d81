#pragma once
// What strips an executable: the profile, rustc's -Cstrip, and arguments that have the linker do it. Text in,
// text out.

#include <string>
#include <vector>

#include "profiles/flags.h"

namespace pgo_orch::profiles {

/// "none", "debuginfo" or "symbols": the one that leaves less.
std::string stronger_strip(const std::string& a, const std::string& b);

/// Whether rustc calls a linker itself, not by a compiler: -Clinker-flavor=ld, -Clinker=rust-lld, ...
bool calls_linker_directly(const std::vector<Flag>& flags);

/// Flags, and those among them, or parts of them, that have the linker strip. Stripped by the linker, an
/// executable has no symbols in which its functions could be looked up, and is not the same as one that is
/// stripped afterwards.
struct SplitFlags {
  std::vector<Flag> kept;
  std::vector<Flag> stripping;  ///< each whole, as it was
  std::string strip = "none";   ///< what `stripping` asks for
};
SplitFlags split_off_stripping(const std::vector<Flag>& words);

}  // namespace pgo_orch::profiles
