#pragma once
// What differs between two texts, as `patch` and `git apply` take it.

#include <string>
#include <string_view>

namespace pgo_orch::toolchains {

struct DiffSide {
  std::string name;
  std::string_view text;
  bool exists = true;  ///< false: /dev/null
};

/// "--- a/NAME", "+++ b/NAME", and hunks with three lines of context; "" if nothing differs.
std::string unified_diff(const DiffSide& before, const DiffSide& after);

}  // namespace pgo_orch::toolchains
