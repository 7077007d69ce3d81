#include "measure/stacks/function_name.h"

#define HAVE_DECL_BASENAME 1  // else libiberty declares one of its own
#include <libiberty/demangle.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "pgo/symbol.h"

namespace pgo_orch::measure {

namespace {

/// What GCC and LLVM call the parts and copies of a function.
bool is_clone_suffix(std::string_view suffix) {
  constexpr std::array words{".constprop", ".isra", ".part", ".cold", ".lto_priv", ".llvm"};
  return std::ranges::any_of(words, [&](std::string_view word) { return suffix.starts_with(word); });
}

std::string without_clone(const std::string& symbol) {
  for (auto dot = symbol.find('.', 1); dot != std::string::npos; dot = symbol.find('.', dot + 1))
    if (is_clone_suffix(std::string_view(symbol).substr(dot))) return symbol.substr(0, dot);
  return symbol;
}

/// Without parameters and return types: "foo::bar<int>"; "" if it is no name of C++'s.
std::string demangled_cpp(const std::string& symbol) {
  if (!symbol.starts_with("_Z")) return "";
  const std::unique_ptr<char, decltype(&std::free)> text(
      cplus_demangle(symbol.substr(0, symbol.find('.')).c_str(), DMGL_NO_OPTS), &std::free);
  return text ? text.get() : "";
}

/// Where the text behind a "<" ends: behind its ">". That of "->" closes nothing.
std::size_t end_of_angle(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<') ++depth;
    if (text[i] == '>' && text[i - 1] != '-' && --depth == 0) return i + 1;
  }
  return text.size();
}

/// "a::b" of "a::<T>::b" and "a<T>::b". C++'s operators keep their signs.
std::string without_generics(std::string_view text) {
  std::string path;
  for (std::size_t i = 0; i < text.size();) {
    if (path.ends_with("operator"))
      while (i < text.size() && std::string_view("<>-=").find(text[i]) != std::string_view::npos)
        path += text[i++];
    if (i < text.size() && text[i] == '<') {
      i += end_of_angle(text.substr(i));
      if (path.ends_with("::")) path.resize(path.size() - 2);
    } else if (i < text.size()) {
      path += text[i++];
    }
  }
  return path;
}

/// The path in a type: "a::B" of "&mut a::B", "[a::B]" and "dyn a::B + core::marker::Send".
std::string_view path_in_type(std::string_view type) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view prefix : {"&", "*const ", "*mut ", "mut ", "dyn ", "[", "(", " "}) {
      if (!type.starts_with(prefix)) continue;
      type.remove_prefix(prefix.size());
      again = true;
    }
  }
  type = type.substr(0, type.find_first_of(" ,()]"));
  return type.ends_with(':') ? type.substr(0, type.size() - 1)
                             : type;  // "[a::B: 4]", as function_name has it
}

bool is_of_toolchain(std::string_view path) {
  return path.starts_with("core::") || path.starts_with("alloc::") || path.starts_with("std::");
}

/// Where " as " stands outside of angles, npos if nowhere.
std::size_t find_as(std::string_view text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<') ++depth;
    if (text[i] == '>' && i > 0 && text[i - 1] != '-') --depth;
    if (depth == 0 && text.substr(i).starts_with(" as ")) return i;
  }
  return std::string_view::npos;
}

bool glob(std::string_view pattern, std::string_view text) {
  std::size_t at = 0, star = std::string_view::npos, resume = 0, i = 0;
  while (i < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      resume = i;
    } else if (at < pattern.size() && pattern[at] == text[i]) {
      ++at;
      ++i;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace

std::string function_name(const std::string& symbol) {
  std::string plain = symbol.substr(0, symbol.find('@'));
  if (plain.empty()) plain = symbol;
  std::string name = pgo::demangled(pgo::base_name(plain));
  if (name.empty()) name = demangled_cpp(plain);
  if (name.empty()) name = without_clone(plain);
  std::ranges::replace(name, ';', ':');
  return name;
}

std::vector<std::string> plain_paths(std::string_view name) {
  if (!name.starts_with("<")) return {without_generics(name)};
  const auto end = end_of_angle(name);
  const auto inside = name.substr(1, end - 2);
  const auto rest = without_generics(name.substr(end));
  const auto as = find_as(inside);
  // The implementing type may itself be written "<T as U>::V".
  std::vector<std::string> paths;
  const auto type = inside.substr(0, as);
  paths.push_back(std::string(path_in_type(without_generics(type))) + rest);
  if (as != std::string_view::npos) {
    const std::string implemented = without_generics(inside.substr(as + 4));
    if (!is_of_toolchain(implemented)) paths.push_back(implemented + rest);
  }
  return paths;
}

bool matches(std::string_view pattern, std::string_view name, std::span<const std::string> plain_paths) {
  return glob(pattern, name) ||
         std::ranges::any_of(plain_paths, [&](const std::string& path) { return glob(pattern, path); });
}

}  // namespace pgo_orch::measure
