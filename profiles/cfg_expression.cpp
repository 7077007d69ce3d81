#include "profiles/cfg_expression.h"

#include <algorithm>

namespace pgo_orch::profiles {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_letter_or_digit(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

/// Recursive descent, as strict as cargo's own (tried with cargo 1.95): only spaces are white space, `not`
/// and the outermost parentheses hold exactly one expression. No value: not of the grammar.
class Parser {
 public:
  Parser(std::string_view text, const CfgSet& cfgs) : rest_(text), cfgs_(cfgs) {}

  std::optional<bool> whole() {
    const auto value = expression(0);
    skip_spaces();
    return rest_.empty() ? value : std::nullopt;
  }

 private:
  struct Name {
    std::string_view text;
    bool raw = false;  ///< r#name: never an operator
  };

  void skip_spaces() { rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size())); }

  bool accept(char wanted) {
    skip_spaces();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<Name> name() {
    skip_spaces();
    const bool raw = rest_.starts_with("r#");
    if (raw) rest_.remove_prefix(2);
    if (rest_.empty() || !is_letter(rest_.front())) return std::nullopt;
    const auto end = std::ranges::find_if_not(rest_, is_letter_or_digit);
    const auto text = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(text.size());
    return Name{text, raw};
  }

  std::optional<bool> expression(int depth) {
    constexpr int deepest = 100;
    const auto found = name();
    if (!found || depth > deepest) return std::nullopt;
    if (!found->raw) {
      if (found->text == "all" || found->text == "any") return list(found->text == "any", depth);
      if (found->text == "not") return negation(depth);
    }
    if (accept('=')) return key_value(std::string(found->text));
    if (found->text == "true" || found->text == "false") return found->text == "true";
    return cfgs_.contains(std::string(found->text));
  }

  /// all(...) holds unless one of its members does not; any(...) holds once one of its members does.
  std::optional<bool> list(bool settles, int depth) {
    if (!accept('(')) return std::nullopt;
    bool settled = false;
    while (!accept(')')) {
      const auto value = expression(depth + 1);
      if (!value) return std::nullopt;
      settled |= *value == settles;
      if (accept(',')) continue;
      if (!accept(')')) return std::nullopt;
      break;
    }
    return settled == settles;
  }

  std::optional<bool> negation(int depth) {
    if (!accept('(')) return std::nullopt;
    const auto value = expression(depth + 1);
    if (!value || !accept(')')) return std::nullopt;
    return !*value;
  }

  std::optional<bool> key_value(const std::string& key) {
    if (!accept('"')) return std::nullopt;
    const auto end = rest_.find('"');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string value(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return cfgs_.contains(key + "=\"" + value + '"');
  }

  std::string_view rest_;
  const CfgSet& cfgs_;
};

}  // namespace

std::optional<bool> cfg_holds(std::string_view expression, const CfgSet& cfgs) {
  if (!expression.starts_with("cfg(") || !expression.ends_with(')')) return std::nullopt;
  return Parser(expression.substr(4, expression.size() - 5), cfgs).whole();
}

}  // namespace pgo_orch::profiles
