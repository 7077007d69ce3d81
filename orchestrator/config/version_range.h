#pragma once
// `requires = ">=0.3"`: the versions of pgo-orch that a pgo.toml is for.

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace pgo_orch::orchestrator {

using Version = std::array<int, 3>;

/// From the first to before the last; `last` none: no end.
struct VersionRange {
  Version first{};
  std::optional<Version> last;

  bool contains(const Version& version) const { return version >= first && (!last || version < *last); }
};

/// "0.3.1" of at most three numbers; nothing for anything else.
std::optional<Version> parse_version(std::string_view text);

/// Requirements apart by commas, as cargo reads them: ">=0.3, <2", "0.3" (which is "^0.3"), "=0.3.1". Nothing
/// if that is not what the text is. (The Cargo Book, "Specifying Dependencies")
std::optional<VersionRange> parse_version_range(std::string_view text);

}  // namespace pgo_orch::orchestrator
