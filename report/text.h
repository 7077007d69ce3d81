#pragma once
// Text for a terminal: how wide it is there, and what of it is safe to show.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::report {

/// Columns that UTF-8 text takes on a terminal: two for East Asian wide characters and emoji, none for
/// combining marks. A byte that is not UTF-8 counts as one.
std::size_t display_width(std::string_view text);

/// The text if it is no wider than `width`, else its beginning and "…".
std::string clip(std::string_view text, std::size_t width);

/// Spaces behind (before) the text up to `width`; wider text is left as it is.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

/// The words of the text in lines no wider than `width`, where no single word is.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// The text without escape sequences, on one line: other control characters become spaces, and those that
/// nobody sees (of bidirectional text, C1) U+FFFD. Logs
/// of compilers and names in a configuration file are shown through this, so that they cannot
/// draw on the screen.
std::string printable(std::string_view text);

/// "a, b and c"
std::string join_words(const auto& words) {
  std::string text;
  std::size_t left = words.size();
  for (const auto& word : words) {
    if (!text.empty()) text += left == 1 ? " and " : ", ";
    text += word;
    --left;
  }
  return text;
}

/// In single quotes.
std::string quoted(const std::string& name);

}  // namespace pgo_orch::report
