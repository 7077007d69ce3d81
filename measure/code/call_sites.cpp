#include "measure/code/call_sites.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "toolchains/elf_file.h"

namespace pgo_orch::measure {

namespace {

using Targets = std::vector<std::uint64_t>;  // sorted: looked up for every fourth byte or so

bool is_target(const Targets& targets, std::uint64_t address) {
  return std::ranges::binary_search(targets, address);
}

std::int32_t int_at(std::string_view code, std::size_t at) {
  std::int32_t value;  // both machines' code is little-endian
  std::memcpy(&value, code.data() + at, sizeof value);
  return value;
}

/// Short jumps (EB, 70-7F) reach neighbours. The opcode 0F of long conditional ones is left to its successor.
void scan_x86(std::string_view code, std::uint64_t start, const Targets& targets,
              std::vector<std::uint64_t>& sites) {
  const auto note = [&](std::size_t at, std::size_t length, std::int64_t displacement) {
    if (is_target(targets, start + at + length + static_cast<std::uint64_t>(displacement)))
      sites.push_back(start + at);
  };
  for (std::size_t i = 0; i + 1 < code.size(); ++i) {
    const auto byte = static_cast<unsigned char>(code[i]);
    const auto next = static_cast<unsigned char>(code[i + 1]);
    const bool is_short = byte == 0xeb || (byte & 0xf0) == 0x70;
    const bool is_long = byte == 0xe8 || byte == 0xe9 || (byte & 0xf0) == 0x80;
    const bool is_slot = byte == 0xff && (next == 0x15 || next == 0x25);
    if (is_short) note(i, 2, static_cast<signed char>(next));
    if (is_long && i + 5 <= code.size()) note(i, 5, int_at(code, i + 1));
    if (is_slot && i + 6 <= code.size()) note(i, 6, int_at(code, i + 2));
  }
}

void scan_arm(std::string_view code, std::uint64_t start, const Targets& targets,
              std::vector<std::uint64_t>& sites) {
  for (std::size_t i = 0; i + 4 <= code.size(); i += 4) {
    const auto word = static_cast<std::uint32_t>(int_at(code, i));
    if ((word & 0x7c000000U) != 0x14000000U) continue;
    // 26 bits, signed, in words.
    const auto offset = std::int64_t{static_cast<std::int32_t>(word << 6U) >> 6} * 4;
    if (is_target(targets, start + i + static_cast<std::uint64_t>(offset))) sites.push_back(start + i);
  }
}

}  // namespace

std::optional<std::vector<std::uint64_t>> possible_call_sites(const std::filesystem::path& executable,
                                                              const std::set<std::uint64_t>& targets) {
  const toolchains::ElfFile file(executable);
  const auto machine = file.header().e_machine;
  if (machine != EM_X86_64 && machine != EM_AARCH64) return std::nullopt;
  const Targets sorted(targets.begin(), targets.end());
  std::vector<std::uint64_t> sites;
  for (const toolchains::ElfSection& section : file.sections()) {
    if (!(section.header.sh_flags & SHF_EXECINSTR)) continue;
    const auto scan = machine == EM_X86_64 ? scan_x86 : scan_arm;
    scan(file.content(section), section.header.sh_addr, sorted, sites);
  }
  std::ranges::sort(sites);
  return sites;
}

}  // namespace pgo_orch::measure
