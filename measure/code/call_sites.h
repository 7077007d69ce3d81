#pragma once
// Where an executable may call a function directly, found without disassembling all of it.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <vector>

namespace pgo_orch::measure {

/// Addresses in executable sections at which bytes stand that would be a call of, or jump to, one of the
/// targets (functions, or slots that hold their addresses), were they an instruction: E8, E9, 80-8F (behind
/// 0F), EB, 70-7F and a displacement, FF 15 and FF 25 (Intel SDM volume 2, CALL, JMP, Jcc); BL or B (Arm ARM,
/// C6.2). All real ones are among them; on x86 the bytes may be part of something else, which a disassembly
/// of the place tells. Nothing for other machines. Sorted.
std::optional<std::vector<std::uint64_t>> possible_call_sites(const std::filesystem::path& executable,
                                                              const std::set<std::uint64_t>& targets);

}  // namespace pgo_orch::measure
