#pragma once
// The lines of a text, one after the other.

#include <ranges>
#include <string_view>

namespace pgo_orch::measure {

/// Views of the lines, without copying the text, which may be hundreds of megabytes. After a newline at the
/// end comes an empty line.
inline auto each_line(std::string_view text) {
  return std::views::split(text, '\n') |
         std::views::transform([](const auto& line) { return std::string_view(line.begin(), line.end()); });
}

}  // namespace pgo_orch::measure
