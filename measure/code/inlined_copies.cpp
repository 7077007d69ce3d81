#include "measure/code/inlined_copies.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace pgo_orch::measure {

namespace {

/// The first number behind "0x" at or after `from`; 0 if there is none.
std::uint64_t hex_after(std::string_view line, std::size_t from) {
  const auto at = line.find("0x", from);
  std::uint64_t value = 0;
  if (at != std::string_view::npos)
    std::from_chars(line.data() + at + 2, line.data() + line.size(), value, 16);
  return value;
}

std::string quoted(std::string_view line) {
  const auto open = line.find('"');
  const auto close = line.rfind('"');
  return close > open && close != std::string_view::npos
             ? std::string(line.substr(open + 1, close - open - 1))
             : std::string();
}

/// Takes what a line adds: `DW_AT_low_pc (0x15cc7)`, or the first of the ranges, `[0x72cf2b, 0x72cf2f)`.
void add_line(InlinedCopy& copy, std::string_view line) {
  const auto origin = line.find("DW_AT_abstract_origin");
  if (origin != std::string_view::npos) copy.symbol = quoted(line);
  const auto place = std::min(line.find("DW_AT_low_pc"), line.find('['));
  if (place == std::string_view::npos || copy.address != 0) return;
  if (line.find("DW_AT_") != std::string_view::npos && line.find("DW_AT_low_pc") == std::string_view::npos)
    return;
  copy.address = hex_after(line, place);
}

/// Everything but letters, digits and "_" is escaped; a star is any text.
std::string as_regex(std::string_view glob) {
  std::string regex;
  for (const char c : glob) {
    if (c == '*')
      regex += ".*";
    else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80)
      regex += c;
    else
      regex += std::string("\\") + c;
  }
  return regex;
}

std::vector<std::string_view> segments_of(std::string_view pattern) {
  std::vector<std::string_view> segments;
  for (auto at = pattern.find("::"); at != std::string_view::npos; at = pattern.find("::")) {
    segments.push_back(pattern.substr(0, at));
    pattern.remove_prefix(at + 2);
  }
  segments.push_back(pattern);
  return segments;
}

bool is_identifier(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// A short name, generic arguments included, where the last segment says something; else a segment as both
/// manglings write it: "5parse".
std::string name_regex(std::string_view pattern) {
  const auto segments = segments_of(pattern);
  if (segments.back().find_first_not_of('*') != std::string_view::npos)
    return "^" + as_regex(segments.back()) + "(<.*)?$";
  std::string_view longest;
  for (const auto segment : segments)
    if (is_identifier(segment) && segment.size() > longest.size()) longest = segment;
  return longest.empty() ? ".*" : std::to_string(longest.size()) + std::string(longest);
}

}  // namespace

std::vector<InlinedCopy> parse_inlined(std::string_view dwarf) {
  std::vector<InlinedCopy> copies;
  bool inside = false;
  while (!dwarf.empty()) {
    const auto end = std::min(dwarf.find('\n'), dwarf.size());
    const auto line = dwarf.substr(0, end);
    dwarf.remove_prefix(std::min(dwarf.size(), end + 1));
    if (line.starts_with("0x")) {  // an entry begins
      inside = line.find("DW_TAG_inlined_subroutine") != std::string_view::npos;
      if (inside) copies.emplace_back();
    } else if (inside) {
      add_line(copies.back(), line);
    }
  }
  std::erase_if(copies, [](const InlinedCopy& copy) { return copy.symbol.empty(); });
  return copies;
}

std::string dwarf_name_regex(const std::vector<std::string>& patterns) {
  std::string all;
  for (const std::string& pattern : patterns) all += (all.empty() ? "(" : "|(") + name_regex(pattern) + ")";
  return all;
}

}  // namespace pgo_orch::measure
