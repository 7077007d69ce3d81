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

/// What became of a function in a variant: one row for every instance, else one row that says why there is
/// none.
struct InspectionRow {
  std::string pattern;
  std::string path;  ///< of the function, without generic arguments: "fib::sum"; empty if unknown
  std::string variant;
  CodeState state = CodeState::unknown;
  std::string name;  ///< readable, with generic arguments; empty unless present
  Bytes size;
  std::size_t instructions = 0;
  VectorUse vector;
  std::map<std::string, std::size_t> calls;  ///< readable callee -> call sites
  std::optional<std::size_t> called_from;
  std::size_t inlined_copies = 0;  ///< in DWARF, for present functions too
  std::vector<std::string> near;   ///< if unknown: similar names, at most five
};

/// The table: patterns in order; for each one the paths that any variant or `known` has, sorted; for each
/// path the variants in order, for each variant its instances by name. `known` are readable names from
/// elsewhere (another build's symbols or DWARF). A pattern that matches no name has a row of unknown for each
/// variant.
std::vector<InspectionRow> inspect(const std::vector<std::string>& patterns,
                                   const std::vector<VariantCode>& variants,
                                   const std::vector<std::string>& known = {});

/// The functions that any of the patterns matches.
std::vector<toolchains::FunctionSymbol> matching(const std::vector<toolchains::FunctionSymbol>& functions,
                                                 const std::vector<std::string>& patterns);

}  // namespace pgo_orch::measure
