#pragma once
// Reads the code of one variant's program, with llvm-objdump: what measure/code/inspection.h makes its table
// of.

#include <filesystem>
#include <string>
#include <vector>

#include "measure/code/inspection.h"
#include "toolchains/command.h"

namespace pgo_orch::measure {

/// Where to look.
struct CodeSource {
  std::string variant;
  std::filesystem::path executable;  ///< with its symbols (the unstripped twin)
  std::filesystem::path objdump;     ///< llvm-objdump, of the compiler's LLVM or newer
  std::filesystem::path dwarfdump;   ///< llvm-dwarfdump; empty: inlined copies are not looked for
};

/// The functions that the patterns cover, what they are made of and how many calls of them remain. Only these
/// and the functions that may call them are disassembled: two seconds for a module of a 40 MB program. For
/// more than a thousand functions, called_from is left out. Calls through registers are in no count. Error:
/// the file is no ELF file, has no symbols, or objdump fails.
VariantCode read_code(toolchains::Runner& runner, const CodeSource& source,
                      const std::vector<std::string>& patterns);

}  // namespace pgo_orch::measure
