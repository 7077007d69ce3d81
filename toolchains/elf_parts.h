#pragma once
// The parts of an executable that tools change after it was linked: to tell what was done to it since.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "toolchains/units.h"

namespace pgo_orch::toolchains {

struct SectionDigest {
  Bytes size;
  std::string sha256;  ///< of its bytes; empty for one without bytes, such as .bss
  std::string header;  ///< what its header says but for its place in the file, which tools choose
  bool operator==(const SectionDigest&) const = default;
};

struct ElfParts {
  /// Of the ELF header and the program headers, but for where things lie in the file.
  std::string headers_sha256;
  std::map<std::string, SectionDigest> sections;  ///< by name; a second one of a name has "#2" behind it
  std::int64_t symbols = 0;                       ///< in .symtab, but for those of files and sections
  std::string symbols_sha256;                     ///< of their names, places and bindings, in whatever order
  bool operator==(const ElfParts&) const = default;
};

ElfParts elf_parts(const std::filesystem::path& path);

/// How many bytes of the file lie behind all that its headers name.
Bytes appended_to(const std::filesystem::path& path);

/// What was done to a file of the same code (code_sha256) as the one that had the parts `before`.
struct Since {
  std::vector<std::string> done;  ///< what strip, objcopy and the like do: "debug symbols were removed"
  std::string alteration;         ///< what none of them does; empty: nothing
};
Since changes_since(const ElfParts& before, const std::filesystem::path& file);

}  // namespace pgo_orch::toolchains
