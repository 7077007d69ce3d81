#include "toolchains/elf.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "toolchains/elf_file.h"

namespace pgo_orch::toolchains {

namespace {

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_386:
      return "x86";
    case EM_AARCH64:
      return "aarch64";
    case EM_ARM:
      return "arm";
    case EM_RISCV:
      return "riscv";
    case EM_PPC64:
      return "ppc64";
    case EM_S390:
      return "s390";
    default:
      return fmt::format("machine {}", machine);
  }
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

/// .comment holds a zero-terminated string for each compiler, and for a linker that signs: "Linker:
/// LLD 22.1.2 (...)" or "mold 2.4.0 (...; compatible with GNU ld)".
std::string linker_in_comment(std::string_view comment) {
  while (!comment.empty()) {
    std::string_view line = comment.substr(0, comment.find('\0'));
    comment.remove_prefix(std::min(comment.size(), line.size() + 1));
    const bool lld = line.starts_with("Linker: ");
    if (lld) line.remove_prefix(8);
    if (lld || line.starts_with("mold ")) return std::string(line.substr(0, line.find(" (")));
  }
  return {};
}

std::string note_of(std::string_view notes, unsigned wanted) {
  std::string found;
  for_each_note(notes, [&](std::string_view name, unsigned type, std::string_view content) {
    if (name == "GNU" && type == wanted) found = content;
  });
  return found;
}

void read_segments(const ElfFile& file, ElfInfo& info) {
  for (const GElf_Phdr& segment : file.segments()) {
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X)) info.text.count += segment.p_filesz;
    if (segment.p_type == PT_INTERP) {
      const auto path = file.bytes(segment.p_offset, segment.p_filesz);
      info.interpreter = path.substr(0, path.find('\0'));
    }
    if (segment.p_type == PT_NOTE) {
      const auto id = note_of(file.bytes(segment.p_offset, segment.p_filesz), NT_GNU_BUILD_ID);
      if (!id.empty()) info.build_id = hex(id);
    }
  }
}

void read_sections(const ElfFile& file, ElfInfo& info) {
  for (const ElfSection& section : file.sections()) {
    const auto& header = section.header;
    if (header.sh_type == SHT_SYMTAB && header.sh_size > header.sh_entsize) info.has_symbols = true;
    if (header.sh_type == SHT_RELA && !(header.sh_flags & SHF_ALLOC)) info.has_relocations = true;
    if (section.name == ".comment" && info.linker.empty())
      info.linker = linker_in_comment(file.content(section));
    if (section.name == ".note.gnu.gold-version") {
      const std::string version = note_of(file.content(section), NT_GNU_GOLD_VERSION);
      info.linker = version.substr(0, version.find('\0'));
    }
  }
}

}  // namespace

ElfInfo elf_info(const std::filesystem::path& path) {
  const ElfFile file(path);
  ElfInfo info{.entry = file.header().e_entry,
               .is_64 = file.header().e_ident[EI_CLASS] == ELFCLASS64,
               .machine = machine_name(file.header().e_machine),
               .is_pie = file.header().e_type == ET_DYN};
  read_segments(file, info);
  read_sections(file, info);
  return info;
}

std::vector<FunctionSymbol> functions_of(const std::filesystem::path& path) {
  const ElfFile file(path);
  std::vector<FunctionSymbol> functions;
  for (const ElfSection& section : file.sections()) {
    if (section.header.sh_type != SHT_SYMTAB) continue;
    Elf_Data* data = ::elf_getdata(section.scn, nullptr);
    const auto count = section.header.sh_entsize ? section.header.sh_size / section.header.sh_entsize : 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      GElf_Sym symbol;
      if (!::gelf_getsym(data, static_cast<int>(i), &symbol)) file.fail("broken symbol table");
      const bool defined = symbol.st_shndx != SHN_UNDEF && symbol.st_size > 0;
      if (!defined || GELF_ST_TYPE(symbol.st_info) != STT_FUNC) continue;
      if (const char* name = file.string(section.header.sh_link, symbol.st_name))
        functions.push_back({.name = name, .address = symbol.st_value, .size = {symbol.st_size}});
    }
  }
  std::ranges::sort(functions, {}, [](const auto& f) { return std::tie(f.address, f.name); });
  return functions;
}

std::vector<std::string> function_symbols(const std::filesystem::path& path) {
  std::vector<std::string> names;
  for (FunctionSymbol& function : functions_of(path)) names.push_back(std::move(function.name));
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace pgo_orch::toolchains
