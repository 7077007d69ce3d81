#pragma once
// The shim on this side: where it is, and the folder of links to it. What it is given and answers is in
// pgo/shim_contract.h.

#include <filesystem>
#include <vector>

namespace pgo_orch::measure {

/// The shim that belongs to an executable of ours: beside it, or in ../libexec/pgo-orch as installed. Throws
/// Error if it is at neither place.
std::filesystem::path find_shim(const std::filesystem::path& own_executable);

/// The names that builds call compilers by: rustc, cargo, cc, c++, gcc, g++, clang, clang++.
const std::vector<std::string>& shimmed_tools();

/// Makes `folder` one of links to the shim, a link a name; others of these names there are replaced. Throws
/// std::filesystem::filesystem_error.
void link_shim(const std::filesystem::path& folder, const std::filesystem::path& shim,
               const std::vector<std::string>& names = shimmed_tools());

}  // namespace pgo_orch::measure
