#include "pgo/symbol.h"

#define HAVE_DECL_BASENAME 1  // else libiberty declares one of its own

#include <libiberty/demangle.h>

#include <algorithm>
#include <array>
#include <cctype>
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

/// Greedy with backtracking to the last star.
bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, after_star = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after_star = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++after_star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

/// Behind the angle brackets that open at `at`.
std::size_t behind_angle(std::string_view text, std::size_t at) {
  return std::min(text.size(), at + end_of_angle(text.substr(at)) + 1);
}

/// "fib::P" of "&mut fib::P", "[fib::P]", "dyn fib::P + Send", "*const fib::P".
std::string_view first_path(std::string_view type) {
  for (bool cut = true; cut;) {
    cut = false;
    for (const std::string_view lead : {"&", "[", "(", " ", "mut ", "dyn ", "*const ", "*mut ", "'_ "}) {
      if (!type.starts_with(lead)) continue;
      type.remove_prefix(lead.size());
      cut = true;
    }
  }
  std::size_t end = 0;
  while (end < type.size() && std::string_view(" +,;()]").find(type[end]) == std::string_view::npos)
    end = type[end] == '<' ? behind_angle(type, end) : end + 1;
  type = type.substr(0, end);
  return type.ends_with(':') ? type.substr(0, end - 1) : type;  // "[fib::P: 4]", as stacks have it
}

/// Without generic arguments: "a::B::c" of "a::B<T>::c::<U>". C++'s operators keep their signs.
std::string without_arguments(std::string_view path) {
  std::string plain;
  for (std::size_t i = 0; i < path.size();) {
    if (plain.ends_with("operator"))
      while (i < path.size() && std::string_view("<>-=").find(path[i]) != std::string_view::npos)
        plain += path[i++];
    if (i < path.size() && path[i] == '<') {
      i = behind_angle(path, i);
      if (plain.ends_with("::")) plain.resize(plain.size() - 2);
    } else if (i < path.size()) {
      plain += path[i++];
    }
  }
  return plain;
}

bool is_standard_path(std::string_view path) {
  return path.starts_with("core::") || path.starts_with("alloc::") || path.starts_with("std::");
}

/// Where " as " or " for " is, outside of any brackets.
std::size_t find_word(std::string_view text, std::string_view word) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (i < text.size() && text[i] == '<') i = behind_angle(text, i);
    if (i < text.size() && text.substr(i).starts_with(word)) return i;
  }
  return std::string_view::npos;
}

/// The path of a type without generic arguments. A closure's may be inside of an implementation:
/// "a::B::run::{closure#0}" of "<a::B as c::D>::run::{closure#0}".
std::string path_of_type(std::string_view type) {
  std::string rest;
  for (type = first_path(type); type.starts_with('<');) {
    const auto end = end_of_angle(type);
    if (end >= type.size()) break;
    rest = without_arguments(type.substr(end + 1)) + rest;
    const auto inner = type.substr(1, end - 1);
    type = first_path(inner.substr(0, find_word(inner, " as ")));
  }
  return without_arguments(type) + rest;
}

/// Adds the paths of an implementation's function: its type's, and the trait's unless that is the toolchain's
/// and the type is not primitive.
void add_paths(std::vector<std::string>& paths, std::string_view type, std::string_view trait,
               std::string_view rest) {
  const std::string self = path_of_type(type);
  paths.push_back(self + without_arguments(rest));
  const bool primitive = self.find("::") == std::string::npos;
  if (!trait.empty() && (primitive || !is_standard_path(trait)))
    paths.push_back(path_of_type(trait) + without_arguments(rest));
}

/// "<Type as Trait>::rest", "<Type>::rest" (v0).
void add_qualified(std::vector<std::string>& paths, std::string_view name) {
  const auto end = end_of_angle(name);
  if (end >= name.size()) return;
  const auto inner = name.substr(1, end - 1);
  const auto as = find_word(inner, " as ");
  const bool has_trait = as != std::string_view::npos;
  add_paths(paths, inner.substr(0, as), has_trait ? inner.substr(as + 4) : std::string_view{},
            name.substr(end + 1));
}

/// "module::<impl Trait for Type>::rest", "module::<impl Type>::rest" (legacy).
void add_implementation(std::vector<std::string>& paths, std::string_view name, std::size_t at) {
  const auto end = at + end_of_angle(name.substr(at));
  if (end >= name.size()) return;
  const auto inner = name.substr(at + 6, end - at - 6);  // behind "<impl "
  const auto rest = name.substr(end + 1);
  auto module = name.substr(0, at);
  if (module.ends_with("::")) module.remove_suffix(2);
  paths.push_back(without_arguments(module) + without_arguments(rest));
  const auto word = find_word(inner, " for ");
  const bool has_trait = word != std::string_view::npos;
  add_paths(paths, has_trait ? inner.substr(word + 5) : inner,
            has_trait ? inner.substr(0, word) : std::string_view{}, rest);
}

/// "::h" and 16 hexadecimal digits.
std::string_view without_hash(std::string_view name) {
  constexpr std::size_t length = 19;
  if (name.size() <= length) return name;
  const auto tail = name.substr(name.size() - length);
  const auto is_digit = [](unsigned char c) { return std::isxdigit(c) != 0; };
  return tail.starts_with("::h") && std::ranges::all_of(tail.substr(3), is_digit)
             ? name.substr(0, name.size() - length)
             : name;
}

/// Without what GCC and LLVM append to parts and copies: ".cold", ".part.0", ".llvm.123", ".7", and linkers
/// to versions: "@@GLIBC_2.34". Other dots are of the name itself, as Go's.
std::string_view without_suffix(std::string_view name) {
  name = name.substr(0, name.find('@', 1));
  constexpr std::array words{"cold", "warm", "llvm", "part", "isra", "constprop", "lto_priv", "specialized"};
  const auto last = name.find_last_of(">}");
  for (auto dot = name.find('.', last == std::string_view::npos ? 1 : last + 1);
       dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    const auto word = name.substr(dot + 1, name.find('.', dot + 1) - dot - 1);
    const bool number = !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
    if (number || std::ranges::find(words, word) != words.end()) return name.substr(0, dot);
  }
  return name;
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

std::string function_name(const std::string& symbol) {
  return std::string(without_suffix(readable_name(symbol.substr(0, symbol.find('@', 1)))));
}

std::vector<std::string> paths_of_symbol(std::string_view readable) {
  const auto name = without_hash(without_suffix(readable));
  std::vector<std::string> paths;
  const auto implementation = name.find("<impl ");
  if (name.starts_with("<") && implementation != 0) {
    add_qualified(paths, name);
  } else if (implementation != std::string_view::npos) {
    add_implementation(paths, name, implementation);
  } else {
    paths.push_back(without_arguments(name));
  }
  return paths;
}

bool matches_symbol(std::string_view pattern, std::string_view readable, std::span<const std::string> paths) {
  return glob(pattern, readable) ||
         std::ranges::any_of(paths, [&](const auto& path) { return glob(pattern, path); });
}

bool matches_symbol(std::string_view pattern, std::string_view readable) {
  return matches_symbol(pattern, readable, paths_of_symbol(readable));
}

}  // namespace pgo_orch::pgo
