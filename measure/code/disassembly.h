#pragma once
// What LLVM's tools print about functions: llvm-objdump's disassembly, and llvm-dwarfdump's DWARF, which
// distinguishes inlined functions from removed ones. Text in, values out.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "toolchains/units.h"

namespace pgo_orch::measure {

struct Instruction {
  std::uint64_t address = 0;
  std::string mnemonic;
  std::string operands;  ///< without objdump's comments
  std::string comment;   ///< behind "#" (x86) or "//" (aarch64): "0x5b3a8 <writev+0x5b3a8>"
};

struct DisassembledFunction {
  std::string symbol;  ///< mangled
  std::uint64_t address = 0;
  std::vector<Instruction> instructions;  ///< padding behind the function included
};

/// Reads `llvm-objdump -d --no-show-raw-insn` (AT&T syntax on x86, LLVM 14 to 22).
std::vector<DisassembledFunction> parse_disassembly(std::string_view text);

/// How many instructions work on several values at once, by the width of the widest register.
struct VectorUse {
  std::size_t bits128 = 0;   ///< xmm, NEON (its 64-bit arrangements too)
  std::size_t bits256 = 0;   ///< ymm
  std::size_t bits512 = 0;   ///< zmm
  std::size_t scalable = 0;  ///< SVE
  std::size_t moves = 0;     ///< whole vectors loaded, stored, copied or zeroed, also in scalar code
  std::size_t packed() const { return bits128 + bits256 + bits512 + scalable; }
  bool operator==(const VectorUse&) const = default;
};

/// Adds one instruction of either machine. What counts (Intel SDM volume 1, 5.5 to 5.15 and volume 2; Arm
/// ARM, C1.2 and C3.5):
///  - x86: an instruction with a vector register that is packed: its name ends in ps, pd or ph, begins with p
///    or vp (integers), or is a conversion of packed values, a broadcast, insert, extract, align or shuffle.
///    Names in ss, sd, sh are scalar, and so are movd, movq. (andps, xorps and similar ones count, although
///    they also change a scalar's sign: one or two without any others are not vector code.)
///  - aarch64: one with an operand v0.4s, v1.2d, ... (not an element, v0.s[1]) or z0.s.
///  - whole-register loads, stores, copies (movaps, ldp q0, q1) and zeroing (xorps of a register with itself,
///    movi #0) are moves.
void count_vector_use(const Instruction& instruction, VectorUse& use);

/// The instructions of a function, counted.
struct CodeCounts {
  std::size_t instructions = 0;
  VectorUse vector;
  std::map<std::string, std::size_t> calls;  ///< mangled callee, or `indirect_call` -> number of call sites
  bool operator==(const CodeCounts&) const = default;
};
inline constexpr const char* indirect_call = "(indirect)";

/// What the loader puts into a slot that calls go through (x86: `callq *slot(%rip)`, which rustc uses for
/// functions of other units; not every linker turns them into direct calls).
struct Slot {
  std::string name;           ///< mangled
  std::uint64_t address = 0;  ///< of a function of the file itself; else 0
  bool operator==(const Slot&) const = default;
};
using Slots = std::map<std::uint64_t, Slot>;

/// Reads `llvm-objdump -R`, where a slot for a function of the file itself is "*ABS*+0x15580"; `local` has
/// the names by address.
Slots parse_slots(std::string_view text, const std::map<std::uint64_t, std::string>& local);

/// Where a call or jump goes: its target's address, or its slot's if it goes through one; 0 for all other
/// instructions and for targets in registers.
std::uint64_t call_target(const Instruction& instruction);

/// Counts the instructions below `size` bytes (the symbol's; zero: all). A jump to the start of another
/// function is a call (a tail call).
CodeCounts count_code(const DisassembledFunction& function, Bytes size, const Slots& slots = {});

/// A copy of a function inlined into another one.
struct InlinedCopy {
  std::string symbol;         ///< mangled
  std::uint64_t address = 0;  ///< of its first instruction; arbitrary if the linker dropped the code
  bool operator==(const InlinedCopy&) const = default;
};

/// The DW_TAG_inlined_subroutine entries in the output of llvm-dwarfdump.
std::vector<InlinedCopy> parse_inlined(std::string_view dwarf);

/// A regular expression (POSIX, extended) for `llvm-dwarfdump --regex --name`, so that it prints less: it
/// covers at least the short or the mangled names of the functions that the patterns match.
std::string dwarf_name_regex(const std::vector<std::string>& patterns);

}  // namespace pgo_orch::measure
