#include "pgo/symbol.h"

#define HAVE_DECL_BASENAME 1  // else libiberty declares one of its own
#include <libiberty/demangle.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

namespace pgo_orch::pgo {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// A legacy name ends in "17h", 16 hexadecimal digits and "E"; it holds dots, and a suffix begins with one.
std::size_t end_of_legacy(std::string_view name) {
  constexpr std::size_t hash = 16;
  for (auto at = name.rfind("17h"); at != std::string_view::npos && at > 0; at = name.rfind("17h", at - 1)) {
    const auto tail = name.substr(at + 3);
    const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    if (tail.size() > hash && tail[hash] == 'E' && std::ranges::all_of(tail.substr(0, hash), is_digit)) {
      return at + 3 + hash + 1;
    }
  }
  return name.size();
}

/// The first words of the paths in a text, generic arguments left out: "core", "a" of
/// "core::option::Option<x::Y> as a::B".
std::vector<std::string> crates_named(std::string_view text) {
  std::vector<std::string> crates;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '<') {
      i += end_of_angle(text.substr(i));
    } else if (is_word(text[i])) {
      const auto start = i;
      while (i < text.size() && is_word(text[i])) ++i;
      const bool leads = start == 0 || text[start - 1] != ':';
      if (leads && text.substr(i).starts_with("::")) crates.emplace_back(text.substr(start, i - start));
      continue;
    }
    ++i;
  }
  return crates;
}

}  // namespace

std::size_t end_of_angle(std::string_view text) {
  int depth = 1;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '<') ++depth;
    if (text[i] == '>' && text[i - 1] != '-' && text[i - 1] != '.' && --depth == 0) return i;
  }
  return text.size();
}

bool is_mangled(const std::string& symbol) {
  return symbol.starts_with("_R") || symbol.starts_with("_ZN");
}

std::string base_name(const std::string& symbol) {
  if (symbol.starts_with("_ZN")) return symbol.substr(0, end_of_legacy(symbol));
  // v0 names hold letters, digits and underscores only.
  return symbol.starts_with("_R") ? symbol.substr(0, symbol.find('.')) : symbol;
}

std::string demangled(const std::string& symbol) {
  const std::unique_ptr<char, decltype(&std::free)> text(rust_demangle(symbol.c_str(), DMGL_NO_OPTS),
                                                         &std::free);
  return text ? text.get() : "";
}

std::string readable_name(const std::string& symbol) {
  const std::string base = base_name(symbol);
  if (const std::string rust = demangled(base); !rust.empty()) {
    const std::string suffix = symbol.substr(base.size());
    constexpr std::string_view promoted = ".llvm.";
    if (!suffix.starts_with(promoted)) return rust + suffix;
    return rust + suffix.substr(std::min(suffix.find('.', promoted.size()), suffix.size()));
  }
  const auto dot = std::min(symbol.find('.'), symbol.size());  // C++ names hold none before a suffix
  const std::unique_ptr<char, decltype(&std::free)> cpp(
      cplus_demangle(symbol.substr(0, dot).c_str(), DMGL_NO_OPTS), &std::free);
  return cpp ? cpp.get() + symbol.substr(dot) : symbol;
}

std::string crate_of_symbol(const std::string& symbol) {
  const std::string text = demangled(symbol);
  const bool is_implementation = text.starts_with("<");
  const auto crates = crates_named(is_implementation ? text.substr(1, end_of_angle(text) - 1) : text);
  if (crates.empty()) return "";
  if (!is_implementation) return crates.front();
  constexpr std::array toolchain{"core", "alloc", "std"};
  const auto own = std::ranges::find_if(
      crates, [&](const auto& crate) { return std::ranges::find(toolchain, crate) == toolchain.end(); });
  return own == crates.end() ? crates.front() : *own;
}

}  // namespace pgo_orch::pgo
