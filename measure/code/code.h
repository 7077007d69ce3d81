#pragma once
// Reads the code of one variant's program, with llvm-objdump: the input of measure/code/inspection.h.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "measure/code/inspection.h"
#include "toolchains/command.h"

namespace pgo_orch::measure {

/// Addresses in executable sections where the bytes, taken as an instruction, would call or jump to one of
/// the targets (functions, or slots that hold their addresses): E8, E9, 80-8F (behind 0F), EB, 70-7F and a
/// displacement, FF 15 and FF 25 (Intel SDM volume 2, CALL, JMP, Jcc); BL or B (Arm ARM, C6.2). All real ones
/// are among them; on x86 the bytes may be part of something else, which only a disassembly shows. Nothing
/// for other machines. Sorted.
std::optional<std::vector<std::uint64_t>> possible_call_sites(const std::filesystem::path& executable,
                                                              const std::set<std::uint64_t>& targets);

/// The program to read, and the tools to read it with.
struct CodeSource {
  std::string variant;
  std::filesystem::path executable;  ///< with its symbols (the unstripped twin)
  std::filesystem::path objdump;     ///< llvm-objdump, of the compiler's LLVM or newer
  std::filesystem::path dwarfdump;   ///< llvm-dwarfdump; empty: inlined copies are not searched for
};

/// The functions that the patterns match, their code and how many calls of them remain. Only these and their
/// possible callers are disassembled: two seconds for a module of a 40 MB program. For more than a thousand
/// functions, called_from is left out. Calls through registers are not counted. Error: the file is not an ELF
/// file, has no symbols, or objdump fails.
VariantCode read_code(toolchains::Runner& runner, const CodeSource& source,
                      const std::vector<std::string>& patterns);

}  // namespace pgo_orch::measure
