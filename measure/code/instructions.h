#pragma once
// How many instructions a run takes: hardly noisy, and no time either, since instructions cost differently.

#include <cstdint>
#include <filesystem>
#include <string>

#include "toolchains/command.h"
#include "toolchains/exit_codes.h"
#include "toolchains/probe.h"

namespace pgo_orch::measure {

/// What counts them: the processor's counters by perf, in user mode, else valgrind's callgrind, which takes
/// about 50 times as long.
struct InstructionCounter {
  std::filesystem::path perf;  ///< empty: it is valgrind
  std::filesystem::path valgrind;
  std::string name() const { return perf.empty() ? "callgrind" : "perf"; }
};

/// perf counts as found once it has counted a short run. Missing: neither can count here.
toolchains::Probe<InstructionCounter> find_instruction_counter(toolchains::Runner& runner);

/// Of one run, its children included. Throws Error if it ends unexpectedly or leaves no count. Writes to
/// `scratch`, which must exist.
std::uint64_t count_instructions(const InstructionCounter& counter, const toolchains::Command& command,
                                 const toolchains::ExitCodes& expected, const std::filesystem::path& scratch,
                                 toolchains::Runner& runner);

/// The sum that a file of callgrind ends with. Throws Error on anything else.
std::uint64_t callgrind_total(std::string_view text);

/// The count in what `perf stat -x,` wrote. No value: the event cannot be counted.
std::optional<std::uint64_t> perf_count(std::string_view text);

}  // namespace pgo_orch::measure
