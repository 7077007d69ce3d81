#include "orchestrator/config/glob.h"

#include <boost/regex.hpp>

namespace pgo_orch::orchestrator {

namespace {

/// Of a `[` at the beginning; "": it does not end, or is more than a list of characters and ranges.
std::string_view bracket_at(std::string_view rest) {
  const auto first = rest.size() > 1 && (rest[1] == '!' || rest[1] == '^') ? 2 : 1;
  const auto end = rest.find(']', first + 1);
  const auto list = rest.substr(0, end == std::string_view::npos ? 0 : end + 1);
  const bool is_plain =
      list.find_first_of("\\/") == std::string_view::npos && list.find('[', 1) == std::string_view::npos;
  return is_plain ? list : std::string_view();
}

std::string bracket_regex(std::string_view list) {
  // A class of characters that are not wanted must not take the separator, either.
  const bool is_negated = list[1] == '!' || list[1] == '^';
  return is_negated ? "[^/" + std::string(list.substr(2)) : std::string(list);
}

std::string literal(char letter) {
  constexpr std::string_view special = ".[]{}()\\*+?|^$";
  return (special.find(letter) == std::string_view::npos ? "" : "\\") + std::string(1, letter);
}

/// Reads one part of the pattern off its front; "": there is none.
std::string next_part(std::string_view& rest, bool at_begin) {
  const auto take = [&](std::size_t count, std::string regex) {
    rest.remove_prefix(count);
    return regex;
  };
  if (at_begin && rest.starts_with("**/")) return take(3, "(.*/)?");
  if (rest.starts_with("/**/")) return take(4, "/(.*/)?");
  if (rest == "/**") return take(3, "/.*");
  if (at_begin && rest == "**") return take(2, ".*");
  if (rest.starts_with("**")) return take(1, "");
  if (rest.front() == '*') return take(1, "[^/]*");
  if (rest.front() == '?') return take(1, "[^/]");
  if (rest.front() == '\\') return rest.size() < 2 ? "" : take(2, literal(rest[1]));
  if (rest.front() != '[') return take(1, literal(rest.front()));
  const auto list = bracket_at(rest);
  return list.empty() ? "" : take(list.size(), bracket_regex(list));
}

}  // namespace

std::string glob_regex(std::string_view pattern) {
  if (pattern.empty() || pattern.front() == '/' || pattern.find_first_of("\n\0") != std::string_view::npos)
    return "";
  std::string regex = "^";
  for (auto rest = pattern; !rest.empty();) {
    const auto before = rest.size();
    regex += next_part(rest, before == pattern.size());
    if (rest.size() == before) return "";
  }
  return regex + "$";
}

struct Glob::Compiled {
  boost::regex regex;
};

Glob::Glob(std::string_view pattern)
    : compiled_(
          std::make_shared<Compiled>(Compiled{boost::regex(glob_regex(pattern), boost::regex::extended)})) {}

bool Glob::matches(const std::string& path) const {
  return boost::regex_match(path, compiled_->regex);
}

}  // namespace pgo_orch::orchestrator
