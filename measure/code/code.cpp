#include "measure/code/code.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string_view>

#include "measure/code/disassembly.h"
#include "pgo/symbol.h"
#include "toolchains/elf_file.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::measure {

namespace {

using Targets = std::vector<std::uint64_t>;  // sorted: searched for every fourth byte or so

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

using toolchains::FunctionSymbol;

/// For more functions the callers are not counted: most of the program would have to be disassembled, which
/// takes half a minute for 40 MB.
constexpr std::size_t most_for_callers = 1000;

std::string run_tool(toolchains::Runner& runner, std::vector<std::string> argv) {
  const toolchains::Command command{.argv = std::move(argv)};
  auto captured = toolchains::capture(runner, command);
  if (captured.ok()) return std::move(captured.out);
  throw Error(fmt::format("{} {}: {}: {}", command.argv[0], command.argv[1], describe(captured.outcome),
                          captured.err.substr(0, captured.err.find('\n'))),
              Exit::failed);
}

/// Disassembles the functions of these symbols, including others of the same name.
std::vector<DisassembledFunction> disassemble(toolchains::Runner& runner, const CodeSource& source,
                                              const std::set<std::string>& symbols) {
  std::vector<DisassembledFunction> all;
  const auto flush = [&](const std::string& names) {
    if (names.empty()) return;
    const auto part =
        parse_disassembly(run_tool(runner, {source.objdump.string(), "--disassemble-symbols=" + names,
                                            "--no-show-raw-insn", source.executable.string()}));
    all.insert(all.end(), part.begin(), part.end());
  };
  constexpr std::size_t most = 100'000;  // bytes of an argument; Linux allows 128 KiB
  std::string names;
  for (const std::string& symbol : symbols) {
    if (names.size() + symbol.size() > most) {
      flush(names);
      names.clear();
    }
    names += (names.empty() ? "" : ",") + symbol;
  }
  flush(names);
  return all;
}

/// The function that contains an address, if it has a symbol.
const FunctionSymbol* holder(const std::vector<FunctionSymbol>& functions, std::uint64_t address) {
  auto after = std::ranges::upper_bound(functions, address, {}, &FunctionSymbol::address);
  if (after == functions.begin()) return nullptr;
  --after;
  return address < after->address + after->size.count ? &*after : nullptr;
}

/// The targets of calls of the given functions: their addresses, and slots that hold them.
std::map<std::uint64_t, std::uint64_t> targets_of(const std::vector<FunctionSymbol>& asked,
                                                  const Slots& slots) {
  std::map<std::uint64_t, std::uint64_t> targets;  // to the function's address
  for (const FunctionSymbol& function : asked) targets.emplace(function.address, function.address);
  const auto functions = targets;
  for (const auto& [place, slot] : slots)
    if (functions.contains(slot.address)) targets.emplace(place, slot.address);
  return targets;
}

/// The calls of each function, searched in the functions whose bytes look like one. A function's jump to its
/// own start is a loop, not a call. Nothing for unknown machines.
std::optional<std::map<std::uint64_t, std::size_t>> count_callers(
    toolchains::Runner& runner, const CodeSource& source, const std::vector<FunctionSymbol>& functions,
    const std::map<std::uint64_t, std::uint64_t>& targets) {
  std::set<std::uint64_t> places;
  for (const auto& [place, function] : targets) places.insert(place);
  const auto sites = possible_call_sites(source.executable, places);
  if (!sites) return std::nullopt;
  std::set<std::string> callers;
  for (const auto site : *sites)
    if (const auto* function = holder(functions, site)) callers.insert(function->name);
  std::map<std::uint64_t, std::size_t> counts;
  std::set<std::uint64_t> seen;
  for (const DisassembledFunction& function : disassemble(runner, source, callers)) {
    for (const Instruction& instruction : function.instructions) {
      const auto target = targets.find(call_target(instruction));
      if (target == targets.end()) continue;
      const bool calls = instruction.mnemonic.starts_with("call") || instruction.mnemonic == "bl";
      if (!calls && target->second == function.address) continue;
      if (seen.insert(instruction.address).second) ++counts[target->second];
    }
  }
  return counts;
}

/// The functions' code, by address.
std::map<std::uint64_t, DisassembledFunction> own_code(toolchains::Runner& runner, const CodeSource& source,
                                                       const std::vector<FunctionSymbol>& asked) {
  std::set<std::string> names;
  for (const FunctionSymbol& function : asked) names.insert(function.name);
  std::map<std::uint64_t, DisassembledFunction> code;
  for (DisassembledFunction& function : disassemble(runner, source, names)) {
    const auto address = function.address;
    code.insert_or_assign(address, std::move(function));
  }
  return code;
}

Slots slots_of(toolchains::Runner& runner, const CodeSource& source,
               const std::vector<FunctionSymbol>& functions) {
  std::map<std::uint64_t, std::string> local;
  for (const FunctionSymbol& function : functions) local.emplace(function.address, function.name);
  // A static executable has no such table, an error for objdump.
  const auto captured =
      toolchains::capture(runner, {.argv = {source.objdump.string(), "-R", source.executable.string()}});
  return captured.ok() ? parse_slots(captured.out, local) : Slots{};
}

/// By readable name, without copies in code that the linker dropped.
std::map<std::string, std::size_t> inlined_copies(toolchains::Runner& runner, const CodeSource& source,
                                                  const std::vector<FunctionSymbol>& functions,
                                                  const std::vector<std::string>& patterns) {
  std::map<std::string, std::size_t> copies;
  if (source.dwarfdump.empty() || patterns.empty()) return copies;
  const std::string text =
      run_tool(runner, {source.dwarfdump.string(), "--regex", "--name=" + dwarf_name_regex(patterns),
                        source.executable.string()});
  for (const InlinedCopy& copy : parse_inlined(text))
    if (holder(functions, copy.address)) ++copies[pgo::readable_name(copy.symbol)];
  return copies;
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

VariantCode read_code(toolchains::Runner& runner, const CodeSource& source,
                      const std::vector<std::string>& patterns) {
  const auto functions = toolchains::functions_of(source.executable);
  if (functions.empty())
    throw Error(fmt::format("{} has no symbols, so its functions are unknown", source.executable.string()),
                Exit::failed);
  VariantCode result{.variant = source.variant};
  for (const FunctionSymbol& function : functions) result.names.push_back(pgo::readable_name(function.name));
  result.inlined = inlined_copies(runner, source, functions, patterns);

  const auto asked = matching(functions, patterns);
  if (asked.empty()) return result;
  const auto code = own_code(runner, source, asked);
  const auto slots = slots_of(runner, source, functions);
  std::optional<std::map<std::uint64_t, std::size_t>> callers;
  if (asked.size() <= most_for_callers)
    callers = count_callers(runner, source, functions, targets_of(asked, slots));

  for (const FunctionSymbol& function : asked) {
    FunctionCode found{.symbol = function.name,
                       .name = pgo::readable_name(function.name),
                       .address = function.address,
                       .size = function.size};
    if (const auto own = code.find(function.address); own != code.end())
      found.counts = count_code(own->second, function.size, slots);
    if (callers) found.called_from = (*callers)[function.address];
    result.functions.push_back(std::move(found));
  }
  return result;
}

}  // namespace pgo_orch::measure
