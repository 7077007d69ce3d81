#pragma once
// Stacks by perf, which looks at a program many times a second.

#include <filesystem>
#include <string_view>

#include "measure/stacks/stacks.h"
#include "toolchains/profilers.h"

namespace pgo_orch::measure {

/// How samples are taken.
struct PerfOptions {
  int frequency = 997;  ///< samples a second of CPU time
  /// Of the stack, kept with each sample and unwound by .eh_frame later. Following frame pointers instead
  /// costs nothing, but optimized code keeps none, and 99% of samples then have no caller.
  Bytes stack{16384};
};

/// The program's command with perf record in front, its children included. Build ids and the user's
/// ~/.debug are left alone; without --no-bpf-event it waits for a second.
toolchains::Command record_command(const toolchains::Perf& perf, const toolchains::Command& program,
                                   const PerfOptions& options, const std::filesystem::path& data);

/// Prints the samples to a file.
toolchains::Command script_command(const toolchains::Perf& perf, const std::filesystem::path& data,
                                   const std::filesystem::path& text);

/// What script_command printed: a line of name and process id for each sample, then its frames, innermost
/// first. Samples of perf itself, between its fork and the program's start, are left out.
Stacks parse_perf_script(std::string_view text);

}  // namespace pgo_orch::measure
