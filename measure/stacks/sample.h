#pragma once
// Stacks of a run of a program, by what the machine has: perf, else callgrind.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "toolchains/exit_codes.h"

#include "measure/stacks/stacks.h"
#include "toolchains/profilers.h"

namespace pgo_orch::measure {

/// How samples are taken.
struct PerfOptions {
  int frequency = 997;  ///< samples a second of CPU time
  /// How much of the stack is kept with each sample, to be unwound by .eh_frame later. Frame pointers cost
  /// nothing, but optimized code keeps none, and 99% of samples would have no caller.
  Bytes stack{16384};
};

/// The program's command under perf record, its children included. Leaves build ids and the user's ~/.debug
/// alone; without --no-bpf-event it waits for a second.
toolchains::Command record_command(const toolchains::Perf& perf, const toolchains::Command& program,
                                   const PerfOptions& options, const std::filesystem::path& data);

/// Prints the samples to a file.
toolchains::Command script_command(const toolchains::Perf& perf, const std::filesystem::path& data,
                                   const std::filesystem::path& text);

/// What script_command printed: a line of name and process id for each sample, then its frames, innermost
/// first. Samples of perf itself, between its fork and the program's start, are left out.
Stacks parse_perf_script(std::string_view text);

/// How many frames of a stack callgrind distinguishes, from the innermost.
inline constexpr int callgrind_callers = 32;

/// The program's command under callgrind, its children included; each process leaves a file
/// FOLDER/callgrind.PID. Takes 20 to 100 times as long. Names stay mangled: valgrind 3.19 demangles
/// few of Rust's.
toolchains::Command callgrind_command(const toolchains::Program& valgrind, const toolchains::Command& program,
                                      const std::filesystem::path& folder);

/// A file of callgrind with --separate-callers, where a function is named with its callers: "leaf'work'main".
/// Counts the functions' own instructions (the event Ir, else the first one). Format:
/// https://valgrind.org/docs/manual/cl-format.html. Throws Error on anything else.
Stacks parse_callgrind(std::string_view text);

/// The time of one run without sampling.
struct RunCost {
  Nanoseconds wall{};
  Nanoseconds cpu{};   ///< user and system, of all its processes
  Nanoseconds user{};  ///< the part that is not the kernel's
};

/// How often to sample, and how many runs.
struct SamplingPlan {
  int frequency = 997;
  std::size_t runs = 1;
};

/// Enough for about a thousand samples: the lowest frequency that gives them in one run (otherwise a long
/// build would leave gigabytes), else the highest and more runs, but only as many as fit the budget (perf
/// itself takes some 0.3 s for each) and at most `most_runs`. Frequencies are primes, so that they don't beat
/// in time with the program.
SamplingPlan plan_sampling(const RunCost& cost, Nanoseconds budget, std::size_t most_runs);

struct StacksRequest {
  toolchains::Command program;  ///< with its arguments, environment, folder, standard input and time limit
  toolchains::ExitCodes exit_codes;          ///< expected
  std::vector<toolchains::Command> prepare;  ///< before each run
  std::optional<RunCost> cost;               ///< none: measured by a plain run
  std::size_t most_runs = 200;               ///< 1 for a build, whose second run has nothing to do
  Bytes stack{16384};                        ///< see PerfOptions; compilers need 65528, which is perf's limit
  Nanoseconds budget = std::chrono::seconds(30);  ///< of wall time; never shortens the first run
};

struct StacksFound {
  std::optional<Stacks> stacks;
  /// Why there are none, why they are not from perf, that few functions have names, or that they add up to
  /// far less than a plain run takes. Joined by "; "; mostly empty.
  std::string note;
};

/// By perf; where it may not sample, by callgrind, unless that would take longer than the budget; else
/// the reasons. A run that ends unexpectedly gives no stacks. Creates files in `scratch` only, which
/// should be new.
StacksFound sample_stacks(toolchains::Runner& runner, const toolchains::Profilers& profilers,
                          const StacksRequest& request, const std::filesystem::path& scratch);

}  // namespace pgo_orch::measure
