#pragma once
// Executables of Windows, as far as a release looks into them.

#include <filesystem>
#include <string>
#include <vector>

namespace pgo_orch::toolchains {

/// Whether it has the headers of a Portable Executable.
bool is_pe(const std::filesystem::path& file);

/// The DLLs that it imports, those that are loaded late too, as it spells them. Error: it is damaged.
/// (Microsoft, PE Format, "The .idata Section" and "Delay-Load Import Tables")
std::vector<std::string> imported_dlls(const std::filesystem::path& file);

}  // namespace pgo_orch::toolchains
