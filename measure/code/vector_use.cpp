#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "measure/code/disassembly.h"

namespace pgo_orch::measure {

namespace {

bool begins_with_any(std::string_view text, std::initializer_list<std::string_view> leads) {
  return std::ranges::any_of(leads, [&](std::string_view lead) { return text.starts_with(lead); });
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
  return std::ranges::any_of(ends, [&](std::string_view end) { return text.ends_with(end); });
}

bool is_x86_move(std::string_view name) {  // without the v
  return begins_with_any(name, {"mova", "movu", "movdqa", "movdqu", "movnt", "movh", "movl", "lddqu"});
}

bool is_x86_packed(std::string_view name) {  // without the v
  if (begins_with_any(name, {"broadcast", "insert", "extract", "align", "shuf", "aes", "sha", "gf2p8",
                             "mpsadbw", "dbpsadbw", "p", "movmsk"}))
    return true;
  if (name.starts_with("cvt"))
    return name.find("ps") != std::string_view::npos || name.find("pd") != std::string_view::npos ||
           name.find("ph") != std::string_view::npos || name.find("dq2") != std::string_view::npos;
  return ends_with_any(name, {"ps", "pd", "ph", "dup"});
}

/// xorps %xmm0, %xmm0; vpxor %xmm0, %xmm0, %xmm0 (Intel optimization manual, 3.5.1.7).
bool is_zeroing(std::string_view name, std::string_view operands) {
  if (!begins_with_any(name, {"xorp", "pxor"})) return false;
  const std::string_view first = operands.substr(0, operands.find(','));
  while (!operands.empty()) {
    if (operands.substr(0, operands.find(',')) != first) return false;
    const auto comma = operands.find(',');
    operands.remove_prefix(comma == std::string_view::npos ? operands.size() : comma + 1);
    while (operands.starts_with(" ")) operands.remove_prefix(1);
  }
  return true;
}

void count_x86(const Instruction& instruction, VectorUse& use) {
  const auto has = [&](std::string_view name) {
    return instruction.operands.find(name) != std::string::npos;
  };
  std::string_view name = instruction.mnemonic;
  // No name of a legacy vector instruction begins with v.
  if (name.starts_with("v")) name.remove_prefix(1);
  if (is_x86_move(name) || is_zeroing(name, instruction.operands)) {
    ++use.moves;
  } else if (is_x86_packed(name)) {
    ++(has("%zmm") ? use.bits512 : has("%ymm") ? use.bits256 : use.bits128);
  }
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// Whether the operand "v12.4s" or "z3.s" begins here; elements such as "v12.s[1]" do not count.
bool is_vector_operand(std::string_view text, char kind) {
  if (text.size() < 4 || text[0] != kind) return false;
  std::size_t i = 1;
  while (i < text.size() && std::isdigit(static_cast<unsigned char>(text[i]))) ++i;
  if (i == 1 || i >= text.size() || text[i] != '.') return false;
  for (++i; i < text.size() && is_word(text[i]);) ++i;
  return i >= text.size() || text[i] != '[';
}

bool has_arm_operand(std::string_view operands, char kind) {
  for (std::size_t i = 0; i < operands.size(); ++i)
    if ((i == 0 || !is_word(operands[i - 1])) && is_vector_operand(operands.substr(i), kind)) return true;
  return false;
}

/// The register q0: loads and stores of whole vectors.
bool has_q_register(std::string_view operands) {
  return operands.size() > 1 && operands[0] == 'q' && std::isdigit(static_cast<unsigned char>(operands[1]));
}

void count_arm(const Instruction& instruction, VectorUse& use) {
  const std::string_view name = instruction.mnemonic;
  const std::string_view operands = instruction.operands;
  if (has_arm_operand(operands, 'z')) {
    ++(begins_with_any(name, {"ld", "st", "mov"}) ? use.moves : use.scalable);
  } else if (has_q_register(operands) && begins_with_any(name, {"ld", "st"})) {
    ++use.moves;
  } else if (has_arm_operand(operands, 'v')) {
    const bool zeroing = name == "movi" && ends_with_any(operands, {"#0", "#0x0", "#0000000000000000"});
    const bool copies = name == "mov" || begins_with_any(name, {"ld1", "st1"});
    // A move of one element, such as `mov v0.s[1], v1.s[0]`, has no whole operand and is not counted.
    ++(zeroing || copies ? use.moves : use.bits128);
  }
}

}  // namespace

void count_vector_use(const Instruction& instruction, VectorUse& use) {
  const std::string& operands = instruction.operands;
  const auto has = [&](std::string_view text) { return operands.find(text) != std::string::npos; };
  if (has("<")) return;  // a jump or call: a symbol's name may look like anything
  if (has("%xmm") || has("%ymm") || has("%zmm"))
    count_x86(instruction, use);
  else if (!has("%"))
    count_arm(instruction, use);
}

}  // namespace pgo_orch::measure
