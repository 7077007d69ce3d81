#pragma once
// Evidence about code: what became of the functions that the user asks for, in each variant.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "measure/code/disassembly.h"
#include "measure/schema.h"
#include "toolchains/elf.h"
#include "toolchains/units.h"

namespace pgo_orch::measure {

/// A function of an executable and what its disassembly says.
struct FunctionCode {
  std::string symbol;  ///< mangled
  std::string name;    ///< readable_name of it
  std::uint64_t address = 0;
  Bytes size;
  CodeCounts counts;                       ///< callees are mangled
  std::optional<std::size_t> called_from;  ///< remaining direct calls and tail calls; nothing: not counted
};

/// What is known about one variant's program.
struct VariantCode {
  std::string variant;
  std::vector<FunctionCode> functions;  ///< those that a pattern matches
  std::vector<std::string> names;       ///< of all functions in its symbol table, readable
  /// Readable names -> how many inlined copies its DWARF has. Empty without debug info, which does not mean
  /// that nothing was inlined.
  std::map<std::string, std::size_t> inlined;
};

enum class CodeState {
  present,
  inlined,  ///< no symbol of its own, but DWARF has copies of it in others
  absent,   ///< inlined, merged with an equal one or removed: other variants have such a symbol
  unknown   ///< no variant and no other source has such a name: perhaps a mistake in the pattern
};
constexpr auto words_of(CodeState) {
  using enum CodeState;
  return std::to_array<Word<CodeState>>(
      {{present, "present"}, {inlined, "inlined"}, {absent, "absent"}, {unknown, "unknown"}});
}

/// What became of a function in a variant: one for every instance, else one that says why there is none.
struct InspectedFunction {
  std::string pattern;
  /// Readable, with generic arguments; of one that is not there its path, without them ("fib::sum");
  /// empty if unknown.
  std::string symbol;
  std::string variant;
  CodeState state = CodeState::unknown;
  Bytes size;
  std::int64_t instructions = 0;
  std::string vectors;                      ///< "3 of 128 bits, 12 of 256 bits"; empty: none
  std::int64_t calls = 0;                   ///< call sites in it
  std::optional<std::int64_t> called_from;  ///< call sites that remain; no value: not counted
  std::int64_t inlined_copies = 0;          ///< that debug info knows of, for present functions too
  std::vector<std::string> near;            ///< if unknown: similar names, at most five
  bool operator==(const InspectedFunction&) const = default;
};

/// The table: patterns in order; for each one the paths that any variant or `known` has, sorted; for
/// each path the variants in order, for each variant its instances by name. `known` are readable names
/// from elsewhere (another build's symbols or DWARF). A pattern that matches no name has a row of
/// unknown for each variant.
std::vector<InspectedFunction> inspect(const std::vector<std::string>& patterns,
                                       const std::vector<VariantCode>& variants,
                                       const std::vector<std::string>& known = {});

/// The functions that any of the patterns matches.
std::vector<toolchains::FunctionSymbol> matching(const std::vector<toolchains::FunctionSymbol>& functions,
                                                 const std::vector<std::string>& patterns);

}  // namespace pgo_orch::measure
