#pragma once
// A folder that is replaced as a whole: whoever looks, and whoever kills us, finds the old one or the new
// one.

#include <filesystem>
#include <string>

namespace pgo_orch::toolchains {

/// Why folders in `parent` cannot be exchanged in one step; "": they can. Tries it with two empty ones.
std::string why_no_exchange(const std::filesystem::path& parent);

/// Writes all files of the folder, and the folders themselves, through to the disk.
void sync_tree(const std::filesystem::path& folder);

/// Puts `staged` in the place of `folder`, where the old one, if there is one, takes its place: it is then
/// the caller's to remove. Both must be in one folder, which is synced afterwards. Error: the system refuses.
void swap_in(const std::filesystem::path& staged, const std::filesystem::path& folder);

}  // namespace pgo_orch::toolchains
