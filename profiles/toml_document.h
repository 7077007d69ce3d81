#pragma once
// TOML as cargo reads it, from pgo.toml, Cargo.toml and cargo's config files.

#include <toml++/toml.h>

#include <filesystem>
#include <string_view>

namespace pgo_orch::profiles {

/// Throws Error, with the file's name, line and column. Keys with more than 256 parts are refused: readers of
/// TOML descend into them one call a part.
toml::table parse_toml(std::string_view text, const std::filesystem::path& file);

}  // namespace pgo_orch::profiles
