#include "profiles/toml_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <optional>
#include <sstream>
#include <string>

#include "toolchains/error.h"

namespace pgo_orch::profiles {

namespace {

constexpr int most_parts = 256;  // as deep as toml++ lets values be nested

/// Up to two quotes may be the last characters of a text that three more end.
std::size_t quotes_before_end(std::string_view rest, char quote) {
  std::size_t count = 0;
  while (count < 2 && count < rest.size() && rest[count] == quote) ++count;
  return count;
}

bool belongs_to_key(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == ' ' || c == '\t';
}

/// The place of a key with too many parts.
std::optional<std::size_t> endless_key(std::string_view text) {
  int parts = 1;
  for (std::size_t at = 0; at < text.size();) {
    if (const auto behind = behind_text(text, at); behind != at) {
      at = behind;
      continue;
    }
    if (text[at] == '.')
      ++parts;
    else if (!belongs_to_key(text[at]))
      parts = 1;
    if (parts > most_parts) return at;
    ++at;
  }
  return std::nullopt;
}

}  // namespace

std::size_t behind_text(std::string_view text, std::size_t at) {
  if (text[at] == '#') return std::min(text.find('\n', at), text.size());
  if (text[at] != '"' && text[at] != '\'') return at;
  const std::string three(3, text[at]);
  const bool several_lines = text.substr(at, 3) == three;
  const std::string_view end = several_lines ? std::string_view(three) : text.substr(at, 1);
  for (std::size_t i = at + end.size(); i < text.size(); ++i) {
    if (text[i] == '\\' && text[at] == '"')
      ++i;
    else if (text.substr(i, end.size()) == end)
      return i + end.size() + (several_lines ? quotes_before_end(text.substr(i + end.size()), text[at]) : 0);
    else if (text[i] == '\n' && !several_lines)
      return i;
  }
  return text.size();
}

std::vector<std::string> texts_in(const toml::node& node) {
  std::vector<std::string> values;
  if (const auto* array = node.as_array()) {
    for (const auto& item : *array) values.push_back(item.value_or(std::string()));
  } else if (const auto text = node.value<std::string>()) {
    values.push_back(*text);
  } else {
    std::ostringstream stream;
    node.visit([&](const auto& value) { stream << value; });
    values.push_back(stream.str());
  }
  return values;
}

toml::table parse_toml(std::string_view text, const std::filesystem::path& file) {
  const auto fail = [&](const auto& line, const auto& column, const std::string& reason) {
    throw Error(fmt::format("{}:{}:{}: not valid TOML: {}", file.string(), line, column, reason));
  };
  if (const auto at = endless_key(text)) {
    const auto before = text.substr(0, *at);
    fail(std::ranges::count(before, '\n') + 1, *at - (before.rfind('\n') + 1) + 1,  // npos + 1 is 0
         fmt::format("a key with more than {} parts", most_parts));
  }
  try {
    return toml::parse(text, std::string_view(file.native()));
  } catch (const toml::parse_error& error) {
    std::string reason(error.description());
    if (!reason.empty() && reason.front() == 'E') reason.front() = 'e';
    fail(error.source().begin.line, error.source().begin.column, reason);
    throw;
  }
}

}  // namespace pgo_orch::profiles
