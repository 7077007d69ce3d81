#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "toolchains/elf.h"
#include "toolchains/elf_file.h"
#include "toolchains/hash.h"

namespace pgo_orch::toolchains {

namespace {

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
