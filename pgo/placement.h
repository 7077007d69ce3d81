#pragma once
// What compiled code says of its profile. LLVM puts a function that the profile shows hot into a section
// .text.hot.NAME, and one that no run called into .text.unlikely.NAME; without a profile only functions
// marked #[cold] have such a section (LLVM, CodeGenPrepare, -profile-guided-section-prefix). Linkers merge
// these sections, but their maps name each with its address. So the map tells of the code in the executable
// whether its compiler had the profile, whatever the command lines say.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pgo/lookups.h"
#include "pgo/recipe.h"
#include "toolchains/elf.h"

namespace pgo_orch::pgo {

enum class Heat { neither, hot, cold };

/// A function's code as a linker's map has it.
struct PlacedCode {
  Heat heat = Heat::neither;
  std::set<std::uint64_t> addresses;  ///< several: local functions of one name
};

/// By mangled name, from a map of lld, mold, gold or GNU ld (-Map). Sections that the linker left out are not
/// there.
std::map<std::string, PlacedCode> parse_link_map(std::string_view map);

/// By mangled name, what the profile says, as LLVM decides it (ProfileSummaryInfo): hot are functions with a
/// count among those that make up 99 % of all counts, cold those with none but the last millionth.
std::map<std::string, Heat> heat_in_profile(const std::vector<ProfileRecord>& profile);

struct Placement {
  std::int64_t functions = 0;  ///< of the executable, in map and profile, at the map's addresses
  std::int64_t elsewhere = 0;  ///< of the executable and in the map, at another address
  std::int64_t hot = 0;        ///< of the functions, hot in the profile
  std::int64_t hot_marked = 0;
  std::int64_t cold = 0;  ///< but for those that the source marks, as far as that is known
  std::int64_t cold_marked = 0;
  bool knows_source = false;  ///< what the source marks as cold is left out

  /// Whether the map is of this very executable.
  bool fits() const { return functions > 0 && elsewhere == 0; }
  /// Whether the code was compiled with the profile.
  bool shows_profile() const;
  /// Whether it has too few functions that could show that.
  bool says_nothing() const { return !shows_profile() && hot + cold < 3; }
};

/// `source`: the map of a build without a profile, in which only those functions are cold that the source
/// marks; null: there is none.
Placement compare_placement(const std::map<std::string, PlacedCode>& map,
                            const std::map<std::string, Heat>& profile,
                            const std::vector<toolchains::FunctionSymbol>& functions,
                            const std::map<std::string, PlacedCode>* source);

/// A script, to be made executable, that stands in for the linker, named as it is, so that rustc finds out
/// how to call it. What it links below `target_dir` gets a map beside it, with ".map" behind its name.
GeneratedFile mapping_linker(const std::filesystem::path& folder, const std::filesystem::path& linker,
                             const std::filesystem::path& target_dir);

}  // namespace pgo_orch::pgo
