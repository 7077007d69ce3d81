#include "toolchains/elf_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "toolchains/elf_file.h"
#include "toolchains/hash.h"

namespace pgo_orch::toolchains {

namespace {

bool is_debug(const std::string& name) {
  return name.starts_with(".debug_") || name.starts_with(".zdebug_") || name == ".gdb_index" ||
         name == ".stab" || name == ".stabstr";
}

bool is_symbols(const std::string& name) {
  return name == ".symtab" || name == ".strtab" || name == ".symtab_shndx";
}

/// That tools write anew for whatever they leave in the file.
bool is_bookkeeping(const std::string& name) {
  return name == ".shstrtab";
}

/// That may be removed without changing what the program does.
bool is_removable(const std::string& name) {
  return is_debug(name) || is_symbols(name) || is_bookkeeping(name) || name == ".comment" ||
         name == ".gnu_debuglink" || name == ".gnu_debugaltlink" || name.starts_with(".note.gnu.gold") ||
         name.starts_with(".rela.text") || name.starts_with(".llvm") ||
         name.starts_with(".gnu.build.attributes") || name == ".note.stapsdt" || name == ".annobin.notes";
}

/// Tools that leave symbols may write their table anew, in another order. GNU's also give those that a linker
/// made, such as _end, the type of their section.
void read_symbols(const ElfFile& file, const ElfSection& table, ElfParts& parts) {
  Elf_Data* data = ::elf_getdata(table.scn, nullptr);
  std::vector<std::string> symbols;
  GElf_Sym symbol{};
  for (int i = 0; data && ::gelf_getsym(data, i, &symbol); ++i) {
    const auto type = GELF_ST_TYPE(symbol.st_info);
    if (i == 0 || type == STT_FILE || type == STT_SECTION) continue;
    const char* name = file.string(table.header.sh_link, symbol.st_name);
    symbols.push_back(fmt::format("{} {:x} {:x} {:x}", name ? name : "", symbol.st_value, symbol.st_size,
                                  GELF_ST_BIND(symbol.st_info)));
  }
  std::ranges::sort(symbols);
  Sha256 digest;
  for (const auto& each : symbols) digest.field(each);
  parts.symbols = std::ssize(symbols);
  parts.symbols_sha256 = digest.hex();
}

bool is_array(const GElf_Shdr& header) {
  return header.sh_type == SHT_INIT_ARRAY || header.sh_type == SHT_FINI_ARRAY ||
         header.sh_type == SHT_PREINIT_ARRAY;
}

bool is_relocations(const GElf_Shdr& header) {
  return header.sh_type == SHT_RELA || header.sh_type == SHT_REL;
}

/// Type, flags, address, alignment, size of an entry, and what it refers to, by name. GNU's tools write the
/// size of an entry into headers of arrays, where linkers leave it out, and what relocations refer to anew;
/// loaders do not read either.
std::string header_of(const ElfSection& section, const std::vector<ElfSection>& all) {
  const auto& header = section.header;
  const auto name_of = [&](std::uint64_t index) {
    const auto found = std::ranges::find(all, index, [](const auto& each) { return ::elf_ndxscn(each.scn); });
    return found == all.end() ? std::to_string(index) : found->name;
  };
  const std::uint64_t info_link = SHF_INFO_LINK;
  const bool names_section = header.sh_flags & info_link;
  const std::string refers =
      is_relocations(header)
          ? ""
          : fmt::format("{} {}", name_of(header.sh_link),
                        names_section ? name_of(header.sh_info) : std::to_string(header.sh_info));
  return fmt::format("{:x} {:x} {:x} {:x} {:x} {}", header.sh_type,
                     is_relocations(header) ? header.sh_flags & ~info_link : header.sh_flags, header.sh_addr,
                     header.sh_addralign, is_array(header) ? 0 : header.sh_entsize, refers);
}

/// Whether all bytes that neither a header nor a section nor a segment has are zeros, as linkers leave them.
bool has_zeros_between_parts(const ElfFile& file, std::uint64_t size) {
  const auto& header = file.header();
  std::vector<std::pair<std::uint64_t, std::uint64_t>> parts{
      {0, header.e_ehsize},
      {header.e_phoff, std::uint64_t{header.e_phentsize} * header.e_phnum},
      {header.e_shoff, std::uint64_t{header.e_shentsize} * header.e_shnum}};
  for (const auto& segment : file.segments()) parts.emplace_back(segment.p_offset, segment.p_filesz);
  for (const auto& section : file.sections())
    if (section.header.sh_type != SHT_NOBITS)
      parts.emplace_back(section.header.sh_offset, section.header.sh_size);
  std::ranges::sort(parts);
  std::uint64_t at = 0;
  for (const auto& [begin, count] : parts) {
    if (begin > at && file.bytes(at, begin - at).find_first_not_of('\0') != std::string_view::npos)
      return false;
    at = std::max(at, begin + count);
  }
  return at >= size || file.bytes(at, size - at).find_first_not_of('\0') == std::string_view::npos;
}

/// Where the header says that parts lie must fit where they are loaded: a tool that moves them moves all.
bool is_consistent(const ElfFile& file) {
  const auto& header = file.header();
  const bool is_64 = header.e_ident[EI_CLASS] == ELFCLASS64;
  const bool sizes_fit =
      header.e_phoff == header.e_ehsize &&
      header.e_ehsize == (is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)) &&
      header.e_phentsize == (is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)) &&
      (header.e_shnum == 0 || header.e_shentsize == (is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)));
  const auto segments = file.segments();
  const auto offset_of = [&](std::uint64_t address) -> std::optional<std::uint64_t> {
    for (const auto& segment : segments)
      if (segment.p_type == PT_LOAD && address - segment.p_vaddr < segment.p_memsz)
        return segment.p_offset + (address - segment.p_vaddr);
    return std::nullopt;
  };
  const bool segments_fit = std::ranges::all_of(segments, [&](const GElf_Phdr& segment) {
    if (segment.p_type == PT_LOAD) return true;
    if (const auto offset = offset_of(segment.p_vaddr)) return segment.p_offset == *offset;
    if (segment.p_filesz > 0) return true;
    if (segment.p_vaddr == 0) return segment.p_offset == 0;
    // Thread-local storage that has only zeros lies between what is loaded.
    return (segment.p_offset - segment.p_vaddr) % std::max<std::uint64_t>(1, segment.p_align) == 0;
  });
  const bool sections_fit = std::ranges::all_of(file.sections(), [&](const ElfSection& section) {
    const auto& at = section.header;
    if (is_relocations(at) && (at.sh_link >= header.e_shnum || at.sh_info >= header.e_shnum)) return false;
    if (is_array(at) && at.sh_entsize != 0 && at.sh_entsize != (is_64 ? 8 : 4)) return false;
    // GNU's linkers give .bss an offset that follows from nothing, and nothing is read there.
    if (!(at.sh_flags & SHF_ALLOC) || at.sh_type == SHT_NOBITS || at.sh_size == 0) return true;
    const auto offset = offset_of(at.sh_addr);
    return !offset || at.sh_offset == *offset;
  });
  std::uint64_t names = 1, room_for_names = 0;
  for (const auto& section : file.sections()) {
    names += section.name.size() + 1;
    if (is_bookkeeping(section.name)) room_for_names = section.header.sh_size;
  }
  if (room_for_names > names) return false;  // there is something else among them
  // The first entry is there for numbers that have no room in the header.
  const auto size = header.e_shnum > 0 ? header.e_shentsize : 0;
  const auto first = file.bytes(header.e_shoff, size);
  return sizes_fit && segments_fit && sections_fit && first.find_first_not_of('\0') == std::string_view::npos;
}

/// A manifest of before headers were kept has none.
bool is_same(const SectionDigest& before, const SectionDigest& now) {
  return before.size == now.size && before.sha256 == now.sha256 &&
         (before.header.empty() || before.header == now.header);
}

/// What was done to the symbols; none: what no tool does.
std::optional<std::string> symbols_since(const ElfParts& before, const ElfParts& now) {
  const auto differs = [&](const char* name) {
    const auto a = before.sections.find(name), b = now.sections.find(name);
    return a != before.sections.end() && b != now.sections.end() && a->second != b->second;
  };
  // Whoever writes the names in another order writes the table that points to them, too.
  const bool both_differ = differs(".symtab") && differs(".strtab");
  const bool is_shorter =
      differs(".strtab") && now.sections.at(".strtab").size.count < before.sections.at(".strtab").size.count;
  if (now.symbols < before.symbols) return "some symbols were stripped";
  if ((both_differ || is_shorter) && now.symbols_sha256 == before.symbols_sha256)
    return "its symbol table was rewritten";
  return std::nullopt;
}

}  // namespace

ElfParts elf_parts(const std::filesystem::path& path) {
  const ElfFile file(path);
  ElfParts parts;
  const auto& header = file.header();
  Sha256 digest;
  digest.field({reinterpret_cast<const char*>(header.e_ident), sizeof header.e_ident});
  digest.field(fmt::format("{} {} {} {:x} {:x}", header.e_type, header.e_machine, header.e_version,
                           header.e_entry, header.e_flags));
  for (const GElf_Phdr& segment : file.segments())
    digest.field(fmt::format("{:x} {:x} {:x} {:x} {:x} {:x} {:x}", segment.p_type, segment.p_flags,
                             segment.p_vaddr, segment.p_paddr, segment.p_filesz, segment.p_memsz,
                             segment.p_align));
  parts.headers_sha256 = digest.hex();
  const auto sections = file.sections();
  for (const auto& section : sections) {
    if (section.header.sh_type == SHT_NULL) continue;
    std::string name = section.name;
    for (int number = 2; parts.sections.contains(name); ++number)
      name = fmt::format("{}#{}", section.name, number);
    if (section.header.sh_type == SHT_SYMTAB) read_symbols(file, section, parts);
    const bool has_bytes = section.header.sh_type != SHT_NOBITS;
    parts.sections[name] = {Bytes{section.header.sh_size}, has_bytes ? sha256(file.content(section)) : "",
                            header_of(section, sections)};
  }
  return parts;
}

Bytes appended_to(const std::filesystem::path& path) {
  const ElfFile file(path);
  const auto& header = file.header();
  std::uint64_t end = header.e_shoff + std::uint64_t{header.e_shentsize} * header.e_shnum;
  for (const auto& segment : file.segments()) end = std::max(end, segment.p_offset + segment.p_filesz);
  for (const auto& section : file.sections())
    if (section.header.sh_type != SHT_NOBITS)
      end = std::max(end, section.header.sh_offset + section.header.sh_size);
  const auto size = std::filesystem::file_size(path);
  return Bytes{size > end ? size - end : 0};
}

Since changes_since(const ElfParts& before, const std::filesystem::path& file) {
  const auto now = elf_parts(file);
  Since since;
  if (now.headers_sha256 != before.headers_sha256) {
    since.alteration = "its headers were changed";
    return since;
  }
  if (!is_consistent(ElfFile(file))) {
    since.alteration = "its headers contradict each other";
    return since;
  }
  if (const auto more = appended_to(file); more.count > 0) {
    since.alteration = fmt::format("{} bytes were appended to it", more.count);
    return since;
  }
  std::set<std::string> done;
  for (const auto& [name, digest] : before.sections) {
    const auto found = now.sections.find(name);
    if (found == now.sections.end()) {
      if (!is_removable(name)) {
        since.alteration = fmt::format("its section {} was removed", name);
        return since;
      }
      if (is_debug(name)) done.insert("debug information was removed");
      if (is_symbols(name)) done.insert("symbols were stripped");
      if (!is_debug(name) && !is_symbols(name) && !is_bookkeeping(name))
        done.insert(fmt::format("section {} was removed", name));
      continue;
    }
    if (is_same(digest, found->second) || is_bookkeeping(name)) continue;
    const auto what = is_symbols(name) ? symbols_since(before, now) : std::nullopt;
    if (!what) {
      since.alteration = fmt::format("its section {} was changed", name);
      return since;
    }
    done.insert(*what);
  }
  for (const auto& [name, digest] : now.sections) {
    if (before.sections.contains(name)) continue;
    if (name != ".gnu_debuglink" && !is_bookkeeping(name)) {
      since.alteration = fmt::format("a section {} was added", name);
      return since;
    }
    if (name == ".gnu_debuglink") done.insert("it was linked to a file with its debug symbols");
  }
  if (!has_zeros_between_parts(ElfFile(file), std::filesystem::file_size(file))) {
    since.alteration = "bytes outside of its sections were changed";
    return since;
  }
  since.done.assign(done.begin(), done.end());
  if (since.done.empty()) since.done.emplace_back("its tables were written again, as strip does");
  return since;
}

}  // namespace pgo_orch::toolchains
