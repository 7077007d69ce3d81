#pragma once
// The number of allocations of a run of a program, counted by valgrind.

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

/// Only counts of the same method are comparable: the second one includes what the C library allocates
/// at its start.
enum class AllocationMethod {
  replaced_malloc,  ///< valgrind's memcheck replaces malloc: dynamic programs, also stripped ones
  counted_calls     ///< valgrind's callgrind counts calls by name: static programs, and their own allocators
};
std::string_view name_of(AllocationMethod method);

struct Allocations {
  AllocationMethod method = AllocationMethod::replaced_malloc;
  std::uint64_t count = 0;             ///< malloc, calloc, realloc and variants; a realloc counts as one
  std::optional<std::uint64_t> frees;  ///< of replaced_malloc; a realloc of a block counts as one
  std::optional<Bytes> bytes;          ///< of replaced_malloc: the sum of all requested sizes
  std::map<std::string, std::uint64_t> calls;  ///< of counted_calls: by function
  int processes = 1;                           ///< of the program, added up
  int forks = 0;  ///< forked processes that executed no other program, which are not counted
};

/// Counts, or why there are none.
struct AllocationResult {
  std::optional<Allocations> counts;
  std::string reason;
  int exit_code = -1;  ///< of the run
};

/// The method for an executable, by its interpreter (empty: static) and the names of its functions. Missing
/// if there is none: Go programs, static programs without symbols.
toolchains::Probe<AllocationMethod> allocation_method(const std::string& interpreter,
                                                      const std::vector<std::string>& functions);

/// One process as valgrind saw it.
struct AllocatingProcess {
  std::string command;  ///< "./prog 10"
  long pid = 0;
  long parent = 0;
  Allocations counts;
};

/// From memcheck's log: "total heap usage: 1,234 allocs, 1,230 frees, 5,678 bytes allocated". Nothing if the
/// process did not end normally.
std::optional<AllocatingProcess> parse_memcheck(std::string_view log);

/// From callgrind's log, and its file written with --compress-strings=no (format: valgrind's manual,
/// "Callgrind Format Specification"): calls of allocating functions, except by such functions.
std::optional<AllocatingProcess> parse_callgrind(std::string_view log, std::string_view file);

/// The sum over the processes of `program` (a file name). Nothing if there are none.
std::optional<Allocations> sum_allocations(const std::vector<AllocatingProcess>& processes,
                                           const std::string& program);

/// Runs the command once under valgrind, 10 to 50 times slower, with its timeout. `executable` is what the
/// command or its script starts; with symbols, if it is static. The caller judges the exit code; a signal or
/// a time-out is a reason.
AllocationResult count_allocations(toolchains::Runner& runner, const std::filesystem::path& valgrind,
                                   const std::filesystem::path& executable, const toolchains::Command& run);

}  // namespace pgo_orch::measure
