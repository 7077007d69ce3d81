#pragma once
// The helper programs, as this program sees them. Their messages are in
// timer/protocol.h and pgo/shim_contract.h.

#include <filesystem>
#include <string>
#include <vector>

namespace pgo_orch::measure {

/// The helper of this name, such as "pgo-orch-timer", that belongs to an executable of ours:
/// beside it, or in ../libexec/pgo-orch as installed. Throws Error if it is at neither place.
std::filesystem::path find_helper(const std::filesystem::path& own_executable, const std::string& name);

/// The names by which builds call compilers.
const std::vector<std::string>& shimmed_tools();

/// Creates links to `program`, the shim, in `folder`, one for each of the names, replacing existing files of
/// these names. Throws std::filesystem::filesystem_error.
void link_shim(const std::filesystem::path& folder, const std::filesystem::path& program,
               const std::vector<std::string>& names = shimmed_tools());

}  // namespace pgo_orch::measure
