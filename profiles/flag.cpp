#include "profiles/flag.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace pgo_orch::profiles {
namespace {

// rustc collects all of these; a later one adds to an earlier one. (rustc_session/src/options.rs: the list
// and target-feature parsers.)
constexpr std::array cumulative = {
    std::string_view("link-arg"),        std::string_view("link-args"),
    std::string_view("pre-link-args"),   std::string_view("llvm-args"),
    std::string_view("passes"),          std::string_view("target-feature"),
    std::string_view("remark"),          std::string_view("link-self-contained"),
    std::string_view("linker-features"), std::string_view("metadata")};

constexpr std::array two_words = {std::string_view("-C"),    std::string_view("--codegen"),
                                  std::string_view("--cfg"), std::string_view("-Z"),
                                  std::string_view("-L"),    std::string_view("-l")};

}  // namespace

std::string encode(const std::vector<Flag>& flags) {
  std::string text;
  for (const Flag& flag : flags) {
    if (!text.empty()) text += '\x1f';
    text += flag.text;
  }
  return text;
}

std::vector<Flag> join_options(const std::vector<Flag>& words) {
  std::vector<Flag> joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    joined.push_back(words[i]);
    std::string& text = joined.back().text;
    const bool opens = std::ranges::find(two_words, text) != two_words.end();
    if (!opens || i + 1 == words.size()) continue;
    if (text.starts_with("--")) text += '=';
    text += words[++i].text;
  }
  return joined;
}

std::string spelling(const std::string& flag) {
  std::string text = flag;
  if (text.starts_with("--codegen=")) text = "-C" + text.substr(10);
  if (text.starts_with("-C ")) text = "-C" + text.substr(3);
  if (text.starts_with("-C")) {
    const auto end = std::min(text.find('='), text.size());
    std::replace(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '_', '-');
  }
  return text;
}

FlagKey key_of(const std::string& flag) {
  if (flag == "-O") return {"opt-level", "3"};
  if (flag == "-g") return {"debuginfo", "2"};
  const std::string text = spelling(flag);
  if (!text.starts_with("-C") || text.size() == 2) return {};
  const auto equals = std::min(text.find('='), text.size());
  const std::string key = text.substr(2, equals - 2);
  if (std::ranges::find(cumulative, key) != cumulative.end()) return {};
  return {key, text.substr(std::min(equals + 1, text.size()))};
}

}  // namespace pgo_orch::profiles
