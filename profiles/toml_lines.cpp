#include "profiles/toml_lines.h"

namespace pgo_orch::profiles {

std::string_view line_end(std::string_view text, std::size_t at) {
  auto end = text.find('\n', at);
  if (end == std::string_view::npos) end = text.find('\n');
  return end != std::string_view::npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

std::size_t line_begin(std::string_view text, std::size_t at) {
  const auto before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return before == std::string_view::npos ? 0 : before + 1;
}

std::optional<std::string> indentation(std::string_view text, std::size_t at) {
  const auto begin = line_begin(text, at);
  const auto before = text.substr(begin, at - begin);
  if (before.find_first_not_of(" \t") != std::string_view::npos) return std::nullopt;
  return std::string(before);
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string with_lines(std::string_view text, std::size_t at, const std::vector<std::string>& lines) {
  const auto end = line_end(text, at);
  const auto newline = text.find('\n', at);
  const auto behind = newline == std::string_view::npos ? text.size() : newline + 1;
  std::string added;
  for (const auto& line : lines)
    added += newline == std::string_view::npos ? std::string(end) + line : line + std::string(end);
  return std::string(text.substr(0, behind)) + added + std::string(text.substr(behind));
}

}  // namespace pgo_orch::profiles
