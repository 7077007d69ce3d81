#pragma once
// TOML as cargo reads it, from pgo.toml, Cargo.toml and cargo's config files.

#include <toml++/toml.h>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::profiles {

/// Throws Error, with the file's name, line and column. Keys with more than 256 parts are refused: readers of
/// TOML descend into them one call a part.
toml::table parse_toml(std::string_view text, const std::filesystem::path& file);

/// The values of an array as texts, or the one that the node is.
std::vector<std::string> texts_in(const toml::node& node);

/// Behind the string or comment that begins at `at`; `at` itself, if none does.
std::size_t behind_text(std::string_view text, std::size_t at);

}  // namespace pgo_orch::profiles
