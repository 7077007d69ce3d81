#pragma once
// What DWARF says about functions that were inlined: it tells them from functions that were removed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::measure {

/// A copy of a function within another one.
struct InlinedCopy {
  std::string symbol;         ///< mangled
  std::uint64_t address = 0;  ///< of its first instruction; of code that the linker dropped: anything
  bool operator==(const InlinedCopy&) const = default;
};

/// The DW_TAG_inlined_subroutine entries in what llvm-dwarfdump prints.
std::vector<InlinedCopy> parse_inlined(std::string_view dwarf);

/// A regular expression (POSIX, extended) for `llvm-dwarfdump --regex --name` that covers, among others, the
/// short or the mangled names of the functions that the patterns cover: so less is printed.
std::string dwarf_name_regex(const std::vector<std::string>& patterns);

}  // namespace pgo_orch::measure
