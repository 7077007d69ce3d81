#pragma once
// What an executable is made of, read by libelf. Anything that is not ELF is an Error that names the file.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "toolchains/units.h"

namespace pgo_orch::toolchains {

struct ElfInfo {
  Bytes text;               ///< executable segments' bytes in the file: what the machine can run
  std::uint64_t entry = 0;  ///< address of the first instruction
  bool is_64 = false;
  std::string machine;       ///< "x86-64", "aarch64", ..., or "machine N"
  std::string build_id;      ///< hex; empty if it has none
  std::string interpreter;   ///< of a dynamic executable; empty for a static one
  bool is_pie = false;       ///< ET_DYN: position-independent, or a shared library
  bool has_symbols = false;  ///< has a .symtab that is not empty
  /// As it signed its work: "LLD 22.1.2", "mold 2.4", "gold 1.16"; GNU ld does not: empty.
  std::string linker;
  bool writes_profile = false;   ///< instrumented by LLVM: it counts, and writes a profile when it ends
  bool has_relocations = false;  ///< linked with --emit-relocs, as BOLT needs it
};

/// Whether the file begins as ELF files do. False if it cannot be read.
bool is_elf(const std::filesystem::path& path);

ElfInfo elf_info(const std::filesystem::path& path);

/// SHA-256 (hex) of the program that the file loads: entry, segments (address, size, flags) and the loaded
/// bytes, with build id, notes, the program header table and the ELF header's fields about tables masked.
/// The same link stripped and unstripped gives the same hash; the same source built with another `-C
/// metadata` does not.
std::string code_sha256(const std::filesystem::path& path);

/// Mangled names of the functions defined in the file (symbols of type FUNC with a size), sorted, each once.
/// Empty for a stripped file.
std::vector<std::string> function_symbols(const std::filesystem::path& path);

/// The shared libraries that it asks the loader for, by their names.
std::vector<std::string> needed_libraries(const std::filesystem::path& path);

/// A function as the symbol table has it.
struct FunctionSymbol {
  std::string name;  ///< mangled
  std::uint64_t address = 0;
  Bytes size;
  auto operator<=>(const FunctionSymbol&) const = default;
};

/// The functions of function_symbols with their places, by address; functions that share an address (aliases,
/// folded code) are all there, and so are local ones of the same name. Empty for a stripped file.
std::vector<FunctionSymbol> functions_of(const std::filesystem::path& path);

}  // namespace pgo_orch::toolchains
