#pragma once
// The lines of a text that people wrote, to add to them in their own manner.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::profiles {

/// How the line with this byte ends; the last one: how the first does.
std::string_view line_end(std::string_view text, std::size_t at);

/// Where the line with this byte begins.
std::size_t line_begin(std::string_view text, std::size_t at);

/// What is before this byte on its line, if that is blank.
std::optional<std::string> indentation(std::string_view text, std::size_t at);

bool is_blank(std::string_view line);

/// The text with more lines behind the one with this byte; none gets an end that the last one had not.
std::string with_lines(std::string_view text, std::size_t at, const std::vector<std::string>& lines);

}  // namespace pgo_orch::profiles
