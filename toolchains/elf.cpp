#include "toolchains/elf.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <tuple>
#include <utility>

#include "toolchains/elf_file.h"
#include "toolchains/hash.h"

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
    if (section.name == "__llvm_prf_cnts") info.writes_profile = true;
    if (section.name == ".comment" && info.linker.empty())
      info.linker = linker_in_comment(file.content(section));
    if (section.name == ".note.gnu.gold-version") {
      const std::string version = note_of(file.content(section), NT_GNU_GOLD_VERSION);
      info.linker = version.substr(0, version.find('\0'));
    }
  }
}

/// A part of the file that differs between twins of one link.
struct Range {
  std::uint64_t begin = 0, size = 0;
};

/// Where tables are, and how many entries they have: e_phoff and e_shoff, and e_flags' successors to the end.
template <typename Header>
std::vector<Range> table_fields() {
  const std::uint64_t offsets = offsetof(Header, e_phoff);
  const std::uint64_t counts = offsetof(Header, e_ehsize);
  return {{offsets, offsetof(Header, e_flags) - offsets}, {counts, sizeof(Header) - counts}};
}

std::vector<Range> masked_ranges(const ElfFile& file, const std::vector<GElf_Phdr>& segments) {
  const GElf_Ehdr& header = file.header();
  const bool is_64 = header.e_ident[EI_CLASS] == ELFCLASS64;
  auto ranges = is_64 ? table_fields<Elf64_Ehdr>() : table_fields<Elf32_Ehdr>();
  ranges.push_back({header.e_phoff, std::uint64_t{header.e_phentsize} * header.e_phnum});
  for (const GElf_Phdr& segment : segments)
    if (segment.p_type == PT_NOTE) ranges.push_back({segment.p_offset, segment.p_filesz});
  // rustc has it loaded, though only debuggers read it; llvm-strip leaves zeros in its place
  for (const auto& section : file.sections())
    if (section.name == ".debug_gdb_scripts")
      ranges.push_back({section.header.sh_offset, section.header.sh_size});
  return ranges;
}

/// The bytes of the file from `begin` on, with those in the ranges as zeros.
std::string masked(std::string_view bytes, std::uint64_t begin, const std::vector<Range>& ranges) {
  std::string result(bytes);
  for (const Range& range : ranges) {
    const auto from = std::clamp(range.begin, begin, begin + bytes.size());
    const auto to = std::clamp(range.begin + range.size, from, begin + bytes.size());
    std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(from - begin), to - from, '\0');
  }
  return result;
}

}  // namespace

bool is_elf(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  char magic[SELFMAG] = {};
  return stream.read(magic, SELFMAG) && std::string_view(magic, SELFMAG) == std::string_view(ELFMAG, SELFMAG);
}

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

std::vector<std::string> needed_libraries(const std::filesystem::path& path) {
  const ElfFile file(path);
  std::vector<std::string> names;
  for (const auto& section : file.sections()) {
    if (section.header.sh_type != SHT_DYNAMIC) continue;
    Elf_Data* data = ::elf_getdata(section.scn, nullptr);
    GElf_Dyn entry{};
    for (int i = 0; data && ::gelf_getdyn(data, i, &entry); ++i) {
      if (entry.d_tag != DT_NEEDED) continue;
      if (const char* name = file.string(section.header.sh_link, entry.d_un.d_val)) names.emplace_back(name);
    }
  }
  return names;
}

std::vector<std::string> function_symbols(const std::filesystem::path& path) {
  std::vector<std::string> names;
  for (FunctionSymbol& function : functions_of(path)) names.push_back(std::move(function.name));
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string code_sha256(const std::filesystem::path& path) {
  const ElfFile file(path);
  const auto segments = file.segments();
  const auto ranges = masked_ranges(file, segments);
  Sha256 digest;
  digest.field(fmt::format("{} {:x}", file.header().e_machine, file.header().e_entry));
  for (const GElf_Phdr& segment : segments) {
    if (segment.p_type == PT_NOTE || segment.p_type == PT_PHDR) continue;
    // p_offset is left out: strip may move a segment within the file, not in memory.
    digest.field(fmt::format("{:x} {:x} {:x} {:x} {:x}", segment.p_type, segment.p_flags, segment.p_vaddr,
                             segment.p_filesz, segment.p_memsz));
    if (segment.p_type == PT_LOAD)
      digest.field(masked(file.bytes(segment.p_offset, segment.p_filesz), segment.p_offset, ranges));
  }
  return digest.hex();
}

}  // namespace pgo_orch::toolchains
