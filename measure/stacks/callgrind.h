#pragma once
// Stacks by callgrind, which runs a program on a simulated processor and counts its instructions.

#include <filesystem>
#include <string_view>

#include "measure/stacks/stacks.h"
#include "toolchains/profilers.h"

namespace pgo_orch::measure {

/// Frames that callgrind tells apart; of deeper stacks it knows the innermost so many.
inline constexpr int callgrind_callers = 32;

/// The program's command under callgrind, its children included; each process leaves a file
/// FOLDER/callgrind.PID. Takes 20 to 100 times as long. Names stay mangled: valgrind 3.19 knows little of
/// Rust's.
toolchains::Command callgrind_command(const toolchains::Program& valgrind, const toolchains::Command& program,
                                      const std::filesystem::path& folder);

/// One file that callgrind wrote with --separate-callers, where a function is named with those that called
/// it: "leaf'work'main". Counts what functions did themselves, in instructions (the event Ir, else the first
/// one). Format: https://valgrind.org/docs/manual/cl-format.html. Throws Error on what is not of it.
Stacks parse_callgrind(std::string_view text);

}  // namespace pgo_orch::measure
