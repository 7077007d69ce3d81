#include "measure/code/disassembly.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "measure/lines.h"
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
  // Prefixes come before the name.
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

/// "name" of "0x15770 <name>"; "" of "<name+0x10>" or if there is none.
std::string target_name(std::string_view operands) {
  const auto open = operands.find('<');
  if (!operands.starts_with("0x") || open == std::string_view::npos || !operands.ends_with(">")) return {};
  const auto name = operands.substr(open + 1, operands.size() - open - 2);
  return name.rfind("+0x") == std::string_view::npos ? std::string(name) : std::string();
}

bool goes_through_slot(const Instruction& instruction) {
  return instruction.operands.starts_with("*") && instruction.operands.ends_with("(%rip)");
}

/// The callee's name, `indirect_call`, or "" if it is not a call.
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

/// The first number behind "0x" at or after `from`; 0 if there is none.
std::uint64_t hex_after(std::string_view line, std::size_t from) {
  const auto at = line.find("0x", from);
  std::uint64_t value = 0;
  if (at != std::string_view::npos)
    std::from_chars(line.data() + at + 2, line.data() + line.size(), value, 16);
  return value;
}

std::string quoted(std::string_view line) {
  const auto open = line.find('"');
  const auto close = line.rfind('"');
  return close > open && close != std::string_view::npos
             ? std::string(line.substr(open + 1, close - open - 1))
             : std::string();
}

/// Takes what a line adds: `DW_AT_low_pc (0x15cc7)`, or the first of the ranges, `[0x72cf2b, 0x72cf2f)`.
void add_line(InlinedCopy& copy, std::string_view line) {
  const auto origin = line.find("DW_AT_abstract_origin");
  if (origin != std::string_view::npos) copy.symbol = quoted(line);
  const auto place = std::min(line.find("DW_AT_low_pc"), line.find('['));
  if (place == std::string_view::npos || copy.address != 0) return;
  if (line.find("DW_AT_") != std::string_view::npos && line.find("DW_AT_low_pc") == std::string_view::npos)
    return;
  copy.address = hex_after(line, place);
}

/// Escapes everything but letters, digits and "_"; a star is any text.
std::string as_regex(std::string_view glob) {
  std::string regex;
  for (const char c : glob) {
    if (c == '*')
      regex += ".*";
    else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80)
      regex += c;
    else
      regex += std::string("\\") + c;
  }
  return regex;
}

std::vector<std::string_view> segments_of(std::string_view pattern) {
  std::vector<std::string_view> segments;
  for (auto at = pattern.find("::"); at != std::string_view::npos; at = pattern.find("::")) {
    segments.push_back(pattern.substr(0, at));
    pattern.remove_prefix(at + 2);
  }
  segments.push_back(pattern);
  return segments;
}

bool is_identifier(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// A short name, with or without generic arguments, if the last segment is not all stars; else a segment as
/// both manglings write it: "5parse".
std::string name_regex(std::string_view pattern) {
  const auto segments = segments_of(pattern);
  if (segments.back().find_first_not_of('*') != std::string_view::npos)
    return "^" + as_regex(segments.back()) + "(<.*)?$";
  std::string_view longest;
  for (const auto segment : segments)
    if (is_identifier(segment) && segment.size() > longest.size()) longest = segment;
  return longest.empty() ? ".*" : std::to_string(longest.size()) + std::string(longest);
}

}  // namespace

std::vector<DisassembledFunction> parse_disassembly(std::string_view text) {
  std::vector<DisassembledFunction> functions;
  for (const auto line : each_line(text)) {
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

std::vector<InlinedCopy> parse_inlined(std::string_view dwarf) {
  std::vector<InlinedCopy> copies;
  bool inside = false;
  for (const auto line : each_line(dwarf)) {
    if (line.starts_with("0x")) {  // an entry begins
      inside = line.find("DW_TAG_inlined_subroutine") != std::string_view::npos;
      if (inside) copies.emplace_back();
    } else if (inside) {
      add_line(copies.back(), line);
    }
  }
  std::erase_if(copies, [](const InlinedCopy& copy) { return copy.symbol.empty(); });
  return copies;
}

std::string dwarf_name_regex(const std::vector<std::string>& patterns) {
  std::string all;
  for (const std::string& pattern : patterns) all += (all.empty() ? "(" : "|(") + name_regex(pattern) + ")";
  return all;
}

}  // namespace pgo_orch::measure
