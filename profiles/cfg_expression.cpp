#include "profiles/cfg_expression.h"

#include <cctype>

namespace pgo_orch::profiles {
namespace {

/// Recursive descent over the text; `failed` once something is not of the grammar.
class Parser {
 public:
  Parser(std::string_view text, const CfgSet& cfgs) : rest_(text), cfgs_(cfgs) {}

  std::optional<bool> whole() {
    const bool value = word() == "cfg" && list_of("cfg");
    skip_space();
    return failed_ || !rest_.empty() ? std::nullopt : std::optional(value);
  }

 private:
  void skip_space() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front()))) rest_.remove_prefix(1);
  }
  bool accept(char wanted) {
    skip_space();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view word() {
    skip_space();
    std::size_t length = 0;
    while (length < rest_.size() &&
           (std::isalnum(static_cast<unsigned char>(rest_[length])) || rest_[length] == '_')) {
      ++length;
    }
    if (length == 0) failed_ = true;
    const auto found = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return found;
  }

  bool expression() {
    const auto name = word();
    if (failed_) return false;
    if (name == "all" || name == "any" || name == "not") {
      skip_space();
      if (!rest_.empty() && rest_.front() == '(') return list_of(name);
    }
    if (accept('=')) return has(std::string(name) + "=" + quoted());
    if (name == "true" || name == "false") return name == "true";
    return has(std::string(name));
  }

  bool list_of(std::string_view kind) {
    if (!accept('(')) return fail();
    bool all = true, any = false;
    int count = 0;
    while (!accept(')')) {
      if (count > 0 && !accept(',')) return fail();
      if (count > 0 && accept(')')) break;  // a trailing comma
      const bool value = expression();
      if (failed_) return false;
      all = all && value;
      any = any || value;
      ++count;
    }
    if ((kind == "not" || kind == "cfg") && count != 1) return fail();
    return kind == "any" ? any : kind == "not" ? !any : all;
  }

  std::string quoted() {
    if (!accept('"')) return fail(), "";
    const auto end = rest_.find('"');
    if (end == std::string_view::npos) return fail(), "";
    const std::string text = "\"" + std::string(rest_.substr(0, end)) + "\"";
    rest_.remove_prefix(end + 1);
    return text;
  }

  bool has(const std::string& cfg) const { return cfgs_.contains(cfg); }
  bool fail() {
    failed_ = true;
    return false;
  }

  std::string_view rest_;
  const CfgSet& cfgs_;
  bool failed_ = false;
};

}  // namespace

CfgSet parse_cfg_lines(std::string_view text) {
  CfgSet cfgs;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (end > 0) cfgs.emplace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return cfgs;
}

std::optional<bool> cfg_holds(std::string_view expression, const CfgSet& cfgs) {
  return Parser(expression, cfgs).whole();
}

}  // namespace pgo_orch::profiles
