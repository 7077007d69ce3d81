#include "report/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace pgo_orch::report {

namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// The large blocks of Unicode's EastAsianWidth.txt (W, F) and of the emoji. wcwidth() knows more,
// but answers by the locale, and with -1 for all of this in the C locale.
constexpr std::array<Range, 12> wide_ranges = {{{0x1100, 0x115f},
                                                {0x2e80, 0x303e},
                                                {0x3041, 0xa4cf},
                                                {0xa960, 0xa97f},
                                                {0xac00, 0xd7a3},
                                                {0xf900, 0xfaff},
                                                {0xfe30, 0xfe6f},
                                                {0xff00, 0xff60},
                                                {0xffe0, 0xffe6},
                                                {0x1f300, 0x1f64f},
                                                {0x1f900, 0x1f9ff},
                                                {0x20000, 0x3fffd}}};

// Combining marks, zero-width spaces and joiners, variation selectors.
constexpr std::array<Range, 6> zero_ranges = {{{0x0300, 0x036f},
                                               {0x1ab0, 0x1aff},
                                               {0x200b, 0x200f},
                                               {0x20d0, 0x20ff},
                                               {0xfe00, 0xfe0f},
                                               {0xfe20, 0xfe2f}}};

bool in(const auto& ranges, std::uint32_t code) {
  return std::ranges::any_of(ranges, [&](Range range) { return range.first <= code && code <= range.last; });
}

struct Character {
  std::size_t bytes;
  std::size_t columns;
  std::uint32_t code = 0;
};

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

/// The first character of text that is not empty.
Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (bytes == 1 || bytes > text.size()) return {1, 1};
  std::uint32_t code = lead & (0xffu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!is_continuation(text[i])) return {1, 1};
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
  }
  return {bytes, in(zero_ranges, code) ? 0u : in(wide_ranges, code) ? 2u : 1u, code};
}

/// Characters that are not seen and change how others are: C1 controls, those of bidirectional text, and
/// separators of lines.
bool is_hidden_control(std::uint32_t code) {
  return (code >= 0x80 && code < 0xa0) || code == 0x61c || code == 0x200e || code == 0x200f ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/// Length of the escape sequence that the text begins with: CSI (colours, cursor), OSC (titles, links),
/// or two bytes.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] == '[') {
    const auto end = std::ranges::find_if(text.substr(2), [](char c) { return c >= 0x40 && c <= 0x7e; });
    return std::min<std::size_t>(text.size(), static_cast<std::size_t>(end - text.begin()) + 1);
  }
  if (text[1] == ']') {
    const auto end = text.find_first_of("\a\x1b", 2);
    if (end == std::string_view::npos) return text.size();
    return std::min(text.size(), end + (text[end] == '\a' ? 1 : 2));
  }
  return 2;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    columns += character.columns;
    text.remove_prefix(character.bytes);
  }
  return columns;
}

std::string clip(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::size_t bytes = 0;
  for (std::size_t columns = 0;;) {
    const Character next = first_character(text.substr(bytes));
    if (columns + next.columns > width - 1) break;
    columns += next.columns;
    bytes += next.bytes;
  }
  return std::string(text.substr(0, bytes)) + "…";
}

std::string pad_right(std::string_view text, std::size_t width) {
  const std::size_t columns = display_width(text);
  return std::string(text) + std::string(columns < width ? width - columns : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t columns = display_width(text);
  return std::string(columns < width ? width - columns : 0, ' ') + std::string(text);
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!lines.back().empty() && display_width(lines.back()) + 1 + display_width(word) > width)
      lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
  }
  return lines;
}

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    const bool control = first < 0x20 || first == 0x7f;
    const Character next = control ? Character{1, 1} : first_character(text);
    const std::size_t bytes = first == 0x1b ? escape_length(text) : next.bytes;
    const bool bad = (bytes == 1 && first >= 0x80) || is_hidden_control(next.code);
    if (control && first != 0x1b) shown += ' ';
    if (!control) shown += bad ? "\ufffd" : std::string(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return shown;
}

std::string quoted(const std::string& name) {
  return "'" + name + "'";
}

}  // namespace pgo_orch::report
