#include "toolchains/elf_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ranges>

#include "toolchains/elf_file.h"

namespace pgo_orch::toolchains {

namespace {

/// Calls `visit` with each entry of the dynamic section.
void for_each_dynamic(const ElfFile& file, const auto& visit) {
  for (const auto& section : file.sections()) {
    if (section.header.sh_type != SHT_DYNAMIC) continue;
    Elf_Data* data = ::elf_getdata(section.scn, nullptr);
    GElf_Dyn entry{};
    for (int i = 0; data && ::gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; ++i) visit(entry);
  }
}

bool names_symbol(const ElfFile& file, std::string_view wanted) {
  for (const auto& section : file.sections()) {
    if (section.header.sh_type != SHT_DYNSYM && section.header.sh_type != SHT_SYMTAB) continue;
    Elf_Data* data = ::elf_getdata(section.scn, nullptr);
    GElf_Sym symbol{};
    for (int i = 0; data && ::gelf_getsym(data, i, &symbol); ++i) {
      const char* name = file.string(section.header.sh_link, symbol.st_name);
      if (name && name == wanted) return true;
    }
  }
  return false;
}

std::vector<int> numbers_of(const std::string& version) {
  std::vector<int> numbers;
  for (const auto part : version | std::views::split('.')) {
    int number = 0;
    std::from_chars(part.begin().base(), part.end().base(), number);
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

Hardening hardening_of(const std::filesystem::path& path) {
  const ElfFile file(path);
  Hardening found;
  bool has_interpreter = false, says_pie = false, binds_now = false, has_relro = false;
  for (const GElf_Phdr& segment : file.segments()) {
    if (segment.p_type == PT_GNU_STACK) found.nx_stack = !(segment.p_flags & PF_X);
    if (segment.p_type == PT_GNU_RELRO) has_relro = true;
    if (segment.p_type == PT_INTERP) has_interpreter = true;
  }
  for_each_dynamic(file, [&](const GElf_Dyn& entry) {
    const auto value = entry.d_un.d_val;
    if (entry.d_tag == DT_BIND_NOW) binds_now = true;
    if (entry.d_tag == DT_FLAGS && (value & DF_BIND_NOW)) binds_now = true;
    if (entry.d_tag == DT_FLAGS_1 && (value & DF_1_NOW)) binds_now = true;
    if (entry.d_tag == DT_FLAGS_1 && (value & DF_1_PIE)) says_pie = true;
  });
  found.pie = file.header().e_type == ET_DYN && (has_interpreter || says_pie);
  if (has_relro) found.relro = binds_now ? Relro::full : Relro::partial;
  found.stack_protector = names_symbol(file, "__stack_chk_fail");
  return found;
}

std::vector<std::string> lost_hardening(const Hardening& before, const Hardening& now) {
  std::vector<std::string> lost;
  if (before.pie && !now.pie) lost.emplace_back("it is not position-independent (PIE)");
  if (now.relro < before.relro)
    lost.push_back(fmt::format("its RELRO is {}, not {}", to_word(now.relro), to_word(before.relro)));
  if (before.nx_stack && !now.nx_stack) lost.emplace_back("its stack is executable");
  if (before.stack_protector && !now.stack_protector) lost.emplace_back("it has no stack protector");
  return lost;
}

std::string glibc_needed(const std::filesystem::path& path) {
  const ElfFile file(path);
  std::string highest;
  for (const auto& section : file.sections()) {
    if (section.header.sh_type != SHT_GNU_verneed) continue;
    Elf_Data* data = ::elf_getdata(section.scn, nullptr);
    GElf_Verneed need{};
    for (int at = 0; data && ::gelf_getverneed(data, at, &need);) {
      GElf_Vernaux version{};
      for (int below = at + static_cast<int>(need.vn_aux); ::gelf_getvernaux(data, below, &version);) {
        const char* name = file.string(section.header.sh_link, version.vna_name);
        const std::string text = name ? name : "";
        if (text.starts_with("GLIBC_2") && is_higher_version(text.substr(6), highest))
          highest = text.substr(6);
        if (version.vna_next == 0) break;
        below += static_cast<int>(version.vna_next);
      }
      if (need.vn_next == 0) break;
      at += static_cast<int>(need.vn_next);
    }
  }
  return highest;
}

bool is_higher_version(const std::string& a, const std::string& b) {
  return numbers_of(a) > numbers_of(b);
}

}  // namespace pgo_orch::toolchains
