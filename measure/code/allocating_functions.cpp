#include "measure/code/allocating_functions.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace pgo_orch::measure {

namespace {

constexpr std::array allocating{"malloc",         "calloc",         "realloc",        "reallocarray",
                                "memalign",       "aligned_alloc",  "valloc",         "pvalloc",
                                "posix_memalign", "mallocx",        "rallocx",        "zalloc",
                                "malloc_aligned", "zalloc_aligned", "realloc_aligned"};

/// Of allocators that Rust programs link under names of their own: tikv-jemallocator's and mimalloc's.
constexpr std::array own_prefixes{"_rjem_", "mi_"};

/// snmalloc's functions for Rust.
constexpr std::array own_names{"sn_rust_alloc", "sn_rust_alloc_zeroed", "sn_rust_realloc"};

bool cut_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool contains(const auto& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::string allocating_name(std::string_view function) {
  function = function.substr(0, function.find('\''));  // callgrind calls the second level of a recursion f'2
  if (contains(own_names, function)) return std::string(function);
  if (!cut_prefix(function, "__libc_"))
    for (const char* prefix : own_prefixes)
      if (cut_prefix(function, prefix)) break;
  return contains(allocating, function) ? std::string(function) : "";
}

bool is_own_allocator(std::string_view function) {
  const bool prefixed =
      std::ranges::any_of(own_prefixes, [&](const char* prefix) { return function.starts_with(prefix); });
  return contains(own_names, function) || (prefixed && !allocating_name(function).empty());
}

}  // namespace pgo_orch::measure
