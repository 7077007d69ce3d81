#include "measure/code/disassembly.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "toolchains/text.h"

namespace pgo_orch::measure {

namespace {

using toolchains::trimmed;

std::optional<std::uint64_t> hex_number(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

/// "0000000000015770 <name>:"
std::optional<DisassembledFunction> function_header(std::string_view line) {
  const auto open = line.find(" <");
  if (open == std::string_view::npos || !line.ends_with(">:") || line.front() == ' ') return std::nullopt;
  const auto address = hex_number(line.substr(0, open));
  if (!address) return std::nullopt;
  return DisassembledFunction{.symbol = std::string(line.substr(open + 2, line.size() - open - 4)),
                              .address = *address};
}

/// "   15770:      \tmnemonic\toperands     # comment"
std::optional<Instruction> instruction_of(std::string_view line) {
  const auto colon = line.find(':');
  const auto tab = line.find('\t', colon);
  if (colon == std::string_view::npos || tab == std::string_view::npos) return std::nullopt;
  const auto start = std::min(line.find_first_not_of(' '), colon);
  const auto address = hex_number(line.substr(start, colon - start));
  if (!address) return std::nullopt;
  std::string_view text = line.substr(tab + 1);
  Instruction found{.address = *address};
  for (const std::string_view mark : {" # ", " // ", "\t# ", "\t// "}) {
    const auto at = text.find(mark);
    if (at == std::string_view::npos) continue;
    found.comment = trimmed(text.substr(at + mark.size()));
    text = text.substr(0, at);
  }
  const auto gap = std::min(text.find_first_of("\t "), text.size());
  found.mnemonic = text.substr(0, gap);
  found.operands = trimmed(text.substr(gap));
  // Prefixes stand before the name.
  for (const std::string_view prefix : {"lock", "rep", "repne", "notrack", "bnd", "data16", "addr32"}) {
    if (found.mnemonic != prefix || found.operands.empty()) continue;
    const auto end = std::min(found.operands.find_first_of("\t "), found.operands.size());
    found.mnemonic = found.operands.substr(0, end);
    found.operands = trimmed(std::string_view(found.operands).substr(end));
  }
  return found;
}

bool is_call(std::string_view mnemonic) {
  return mnemonic == "callq" || mnemonic == "call" || mnemonic == "bl" || mnemonic == "blr";
}

bool is_jump(std::string_view mnemonic) {
  // Conditional jumps are here for tail calls under a condition.
  return mnemonic.starts_with("j") || mnemonic == "b" || mnemonic == "br";
}

/// "name" of "0x15770 <name>"; "" of "<name+0x10>" or where there is none.
std::string target_name(std::string_view operands) {
  const auto open = operands.find('<');
  if (!operands.starts_with("0x") || open == std::string_view::npos || !operands.ends_with(">")) return {};
  const auto name = operands.substr(open + 1, operands.size() - open - 2);
  return name.rfind("+0x") == std::string_view::npos ? std::string(name) : std::string();
}

bool goes_through_slot(const Instruction& instruction) {
  return instruction.operands.starts_with("*") && instruction.operands.ends_with("(%rip)");
}

/// The callee's name, `indirect_call`, or "" for what is no call.
std::string callee(const Instruction& instruction, const std::string& own, const Slots& slots) {
  const bool call = is_call(instruction.mnemonic);
  if (!call && !is_jump(instruction.mnemonic)) return {};
  if (goes_through_slot(instruction)) {
    const auto known = slots.find(call_target(instruction));
    if (known != slots.end()) return known->second.name;
  }
  const std::string name = target_name(instruction.operands);
  if (!name.empty()) return call || name != own ? name : "";
  return call ? indirect_call : "";
}

}  // namespace

std::vector<DisassembledFunction> parse_disassembly(std::string_view text) {
  std::vector<DisassembledFunction> functions;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(text.size(), end + 1));
    if (line.empty()) continue;
    if (auto function = function_header(line)) {
      functions.push_back(std::move(*function));
    } else if (auto instruction = instruction_of(line); instruction && !functions.empty()) {
      functions.back().instructions.push_back(std::move(*instruction));
    }
  }
  return functions;
}

Slots parse_slots(std::string_view text, const std::map<std::uint64_t, std::string>& local) {
  constexpr std::string_view own = "*ABS*+";
  Slots slots;
  for (const std::string& line : toolchains::lines_of(text)) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string::npos || last <= first) continue;
    const auto slot = hex_number(std::string_view(line).substr(0, first));
    const std::string value = line.substr(last + 1);
    if (!slot || !line.starts_with("0")) continue;
    if (!value.starts_with(own)) {
      slots[*slot] = {.name = value.substr(0, value.find('@'))};
    } else if (const auto address = hex_number(value.substr(own.size()));
               address && local.contains(*address)) {
      slots[*slot] = {.name = local.at(*address), .address = *address};
    }
  }
  return slots;
}

std::uint64_t call_target(const Instruction& instruction) {
  if (!is_call(instruction.mnemonic) && !is_jump(instruction.mnemonic)) return 0;
  if (goes_through_slot(instruction)) return hex_number(instruction.comment).value_or(0);
  return instruction.operands.starts_with("0x") ? hex_number(instruction.operands).value_or(0) : 0;
}

CodeCounts count_code(const DisassembledFunction& function, Bytes size, const Slots& slots) {
  CodeCounts counts;
  for (const Instruction& instruction : function.instructions) {
    if (size.count > 0 && instruction.address >= function.address + size.count) break;
    ++counts.instructions;
    count_vector_use(instruction, counts.vector);
    if (const std::string name = callee(instruction, function.symbol, slots); !name.empty())
      ++counts.calls[name];
  }
  return counts;
}

}  // namespace pgo_orch::measure
