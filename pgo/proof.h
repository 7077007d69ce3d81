#pragma once
// Did the profile do anything? A feedback build whose stages differ succeeds and is a no-op; so it is proved.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pgo/units.h"

namespace pgo_orch::pgo {

/// First half of the proof: the -C metadata of every unit is the same in both stages. It decides
/// the mangled symbols.
struct MetadataProof {
  std::int64_t units = 0;              ///< compared
  std::vector<std::string> differing;  ///< crates whose metadata differs, or that only one stage built
};
MetadataProof compare_metadata(const Units& instrumented, const Units& optimized);

/// Function names in what `llvm-profdata show --all-functions` prints, without the "file;" in front of local
/// ones and the ".llvm.NNN" behind promoted ones.
std::set<std::string> profile_functions(std::string_view shown);

/// Those among them that have names of C or C++: rustc did not mangle them. `main` is not among them, since
/// rustc makes one.
std::vector<std::string> functions_of_c(const std::set<std::string>& profile);

/// Those among them that any run called: a count in them is not zero. For what `show --all-functions
/// --counts` prints.
std::set<std::string> called_functions(std::string_view shown);

/// Second half: how many of the program's own functions are in the profile.
struct Coverage {
  std::int64_t in_profile = 0;  ///< functions in the profile
  std::int64_t matched = 0;
  std::int64_t missing = 0;
  std::vector<std::string> examples;  ///< a few of the missing ones, demangled

  /// matched / (matched + missing), 0..1; 0 if there is no function to prove anything with.
  double fraction() const;
};

/// Counts mangled function symbols of the crates that were built. The toolchain's own crates come precompiled
/// and never instrumented, and unmangled names (main) match any profile: neither counts.
Coverage count_coverage(const std::set<std::string>& profile, const std::vector<std::string>& symbols,
                        const std::set<std::string>& crates);

/// The same where it is unknown which crates were built: every crate that no toolchain brings along counts,
/// and an unmangled or C++ name only where it is in the profile, since others may be a library's.
Coverage count_coverage(const std::set<std::string>& profile, const std::vector<std::string>& symbols);

}  // namespace pgo_orch::pgo
