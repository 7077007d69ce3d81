#include "toolchains/elf_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <libelf.h>

#include <algorithm>
#include <cstring>
#include <system_error>

#include "toolchains/error.h"

namespace pgo_orch::toolchains {

ElfFile::ElfFile(const std::filesystem::path& file) : file_(file) {
  ::elf_version(EV_CURRENT);
  try {
    descriptor_ = Descriptor::open(file, O_RDONLY);
  } catch (const std::system_error& error) {
    throw Error(fmt::format("cannot read {}: {}", file.string(), error.code().message()), Exit::failed);
  }
  elf_ = ::elf_begin(descriptor_.get(), ELF_C_READ_MMAP, nullptr);
  if (elf_ && ::elf_kind(elf_) == ELF_K_ELF && ::gelf_getehdr(elf_, &header_)) return;
  ::elf_end(elf_);
  fail("not an ELF file");
}

ElfFile::~ElfFile() {
  ::elf_end(elf_);
}

void ElfFile::fail(std::string_view why) const {
  throw Error(fmt::format("{}: {}", file_.string(), why), Exit::failed);
}

std::vector<GElf_Phdr> ElfFile::segments() const {
  std::size_t count = 0;
  if (::elf_getphdrnum(elf_, &count) != 0) fail("broken program headers");
  std::vector<GElf_Phdr> found(count);
  for (std::size_t i = 0; i < count; ++i)
    if (!::gelf_getphdr(elf_, static_cast<int>(i), &found[i])) fail("broken program headers");
  return found;
}

std::vector<ElfSection> ElfFile::sections() const {
  bytes(header_.e_shoff, std::uint64_t{header_.e_shentsize} * header_.e_shnum);  // libelf leaves some out
  std::size_t names = 0;
  if (::elf_getshdrstrndx(elf_, &names) != 0) fail("broken section headers");
  std::vector<ElfSection> found;
  for (Elf_Scn* scn = ::elf_nextscn(elf_, nullptr); scn; scn = ::elf_nextscn(elf_, scn)) {
    ElfSection section{.scn = scn};
    if (!::gelf_getshdr(scn, &section.header)) fail("broken section headers");
    if (const char* name = string(names, section.header.sh_name)) section.name = name;
    found.push_back(std::move(section));
  }
  return found;
}

std::string_view ElfFile::content(const ElfSection& section) const {
  if (section.header.sh_type == SHT_NOBITS) return {};
  return bytes(section.header.sh_offset, section.header.sh_size);
}

std::string_view ElfFile::bytes(std::uint64_t offset, std::uint64_t size) const {
  std::size_t total = 0;
  const char* all = ::elf_rawfile(elf_, &total);
  if (!all || offset > total || size > total - offset) fail("cut short");
  return {all + offset, size};
}

void for_each_note(
    std::string_view notes,
    const std::function<void(std::string_view name, unsigned type, std::string_view content)>& visit) {
  const auto padded = [](std::size_t size) { return (size + 3) / 4 * 4; };
  Elf64_Nhdr note;  // the same layout in both classes
  while (notes.size() >= sizeof note) {
    std::memcpy(&note, notes.data(), sizeof note);
    const std::size_t name_size = padded(note.n_namesz);
    const std::size_t size = sizeof note + name_size + padded(note.n_descsz);
    if (size > padded(notes.size())) return;
    const std::string_view name = notes.substr(sizeof note, note.n_namesz ? note.n_namesz - 1 : 0);
    visit(name, note.n_type, notes.substr(sizeof note + name_size, note.n_descsz));
    notes.remove_prefix(std::min(size, notes.size()));
  }
}

}  // namespace pgo_orch::toolchains
