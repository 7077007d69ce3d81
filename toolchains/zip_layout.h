#pragma once
// Whether a zip file is what it says: readers that begin at its end see its central directory, others see
// whatever lies before that.

#include <filesystem>

namespace pgo_orch::toolchains {

/// The members of the central directory, one behind the other, are all of the file, and nothing is in front
/// of them, between them or behind the directory (APPNOTE.TXT 6.3.10, 4.3). False, too, if it is cut off.
bool is_all_members(const std::filesystem::path& file);

}  // namespace pgo_orch::toolchains
