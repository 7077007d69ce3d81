#pragma once
// How often a run of a program allocates, counted by valgrind.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "toolchains/command.h"
#include "toolchains/probe.h"
#include "toolchains/units.h"

namespace pgo_orch::measure {

/// Counts of one method only compare with each other: the second one sees what the C library allocates as it
/// starts.
enum class AllocationMethod {
  replaced_malloc,  ///< valgrind's memcheck takes malloc's place: dynamic programs, stripped ones too
  counted_calls     ///< valgrind's callgrind counts calls by name: static programs, allocators of their own
};
std::string_view name_of(AllocationMethod method);

struct Allocations {
  AllocationMethod method = AllocationMethod::replaced_malloc;
  std::uint64_t count = 0;             ///< malloc, calloc, realloc and their kin; a realloc counts as one
  std::optional<std::uint64_t> frees;  ///< of replaced_malloc; a realloc of a block counts as one
  std::optional<Bytes> bytes;          ///< of replaced_malloc: asked for, all together
  std::map<std::string, std::uint64_t> calls;  ///< of counted_calls: by function
  int processes = 1;                           ///< of the program, added up
  int forks = 0;  ///< processes that forked off and ran no other program: what they did alone is not counted
};

/// Counts, or why there are none.
struct AllocationResult {
  std::optional<Allocations> counts;
  std::string reason;
  int exit_code = -1;  ///< of the run
};

/// What fits an executable: its interpreter (empty: static) and the names of its functions. Missing where
/// nothing does: Go programs, static programs without symbols.
toolchains::Probe<AllocationMethod> allocation_method(const std::string& interpreter,
                                                      const std::vector<std::string>& functions);

/// `run` under valgrind, children too; each process leaves a file in `folder`. The program's own output and
/// exit code stay.
toolchains::Command allocation_command(const std::filesystem::path& valgrind, AllocationMethod method,
                                       const toolchains::Command& run, const std::filesystem::path& folder);

/// One process as valgrind saw it.
struct AllocatingProcess {
  std::string command;  ///< "./prog 10"
  long pid = 0;
  long parent = 0;
  Allocations counts;
};

/// Of memcheck's log: "total heap usage: 1,234 allocs, 1,230 frees, 5,678 bytes allocated". Nothing if the
/// process did not come to its end.
std::optional<AllocatingProcess> parse_memcheck(std::string_view log);

/// Of callgrind's log, and its file written with --compress-strings=no (format: valgrind's manual, "Callgrind
/// Format Specification"): calls of allocating functions from elsewhere than such functions.
std::optional<AllocatingProcess> parse_callgrind(std::string_view log, std::string_view file);

/// The sum over the processes of `program` (the file's name). Nothing if there is none.
std::optional<Allocations> sum_allocations(const std::vector<AllocatingProcess>& processes,
                                           const std::string& program);

/// Runs it once, 10 to 50 times slower than it is. `executable` is what the command starts itself, or what
/// its script does; with symbols, if it is static. The command's timeout is valgrind's. An exit code other
/// than 0 is the caller's to judge, a signal or a time-out is a reason.
AllocationResult count_allocations(toolchains::Runner& runner, const std::filesystem::path& valgrind,
                                   const std::filesystem::path& executable, const toolchains::Command& run);

}  // namespace pgo_orch::measure
