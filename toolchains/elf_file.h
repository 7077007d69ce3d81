#pragma once
// Inside the ELF functions: an open file of libelf's.

#include <gelf.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "toolchains/descriptor.h"

namespace pgo_orch::toolchains {

struct ElfSection {
  Elf_Scn* scn = nullptr;
  GElf_Shdr header{};
  std::string name;
};

/// An ELF file open for reading. Every failure is an Error that names it.
class ElfFile {
 public:
  explicit ElfFile(const std::filesystem::path& file);
  ~ElfFile();
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;

  const GElf_Ehdr& header() const { return header_; }
  std::vector<GElf_Phdr> segments() const;
  std::vector<ElfSection> sections() const;
  std::string_view content(const ElfSection& section) const;  ///< empty for one without bytes, such as .bss
  std::string_view bytes(std::uint64_t offset, std::uint64_t size) const;  ///< of the file
  /// An entry of a string table, or null.
  const char* string(std::size_t table, std::size_t offset) const {
    return ::elf_strptr(elf_, table, offset);
  }
  [[noreturn]] void fail(std::string_view why) const;

 private:
  std::filesystem::path file_;
  Descriptor descriptor_;
  Elf* elf_ = nullptr;
  GElf_Ehdr header_{};
};

/// Calls `visit` with name and content of each note in the bytes of a note section or segment.
void for_each_note(
    std::string_view notes,
    const std::function<void(std::string_view name, unsigned type, std::string_view content)>& visit);

}  // namespace pgo_orch::toolchains
