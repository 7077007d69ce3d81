#include "toolchains/text.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <sstream>
#include <utility>
#include <vector>

namespace pgo_orch::toolchains {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::vector<std::string> split_words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto begin = text.find_first_not_of(space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(space) + 1 - begin);
}

std::string value_after(std::string_view text, std::string_view key) {
  for (const std::string& line : lines_of(text))
    if (line.starts_with(key)) return std::string(trimmed(line.substr(key.size())));
  return {};
}

std::string complaint(std::string_view diagnostics) {
  std::string error, note, last;
  for (const std::string& line : lines_of(diagnostics)) {
    const std::string_view text = trimmed(line);
    if (text.starts_with("error: aborting") || text.starts_with("For more information")) break;
    if (error.empty() && text.starts_with("error")) error = trimmed(text.substr(text.find(':') + 1));
    constexpr std::string_view note_mark = "= note:";
    const std::string_view said = text.starts_with(note_mark) ? trimmed(text.substr(note_mark.size())) : "";
    // rustc's first notes hold the whole command line, quoted, and a remark on it.
    if (!said.empty() && said[0] != '"' && !said.starts_with("some arguments are omitted")) note = said;
    if (!text.empty()) last = text;
  }
  if (error.empty()) return last;
  return note.empty() ? error : error + ": " + note;
}

std::string version_after(std::string_view text, std::string_view prefix) {
  const auto begin = text.find(prefix);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + prefix.size());
  std::string version(text.substr(0, text.find_first_not_of("0123456789.")));
  while (version.ends_with('.')) version.pop_back();
  return version;
}

int major_of(std::string_view version) {
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  return major;
}

bool is_nested_too_deep(std::string_view json) {
  constexpr int most = 200;
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < json.size() && depth <= most; ++i) {
    const char c = json[i];
    if (in_text && c == '\\')
      ++i;
    else if (c == '"')
      in_text = !in_text;
    else if (!in_text && (c == '[' || c == '{'))
      ++depth;
    else if (!in_text && (c == ']' || c == '}'))
      --depth;
  }
  return depth > most;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before = std::exchange(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace pgo_orch::toolchains
