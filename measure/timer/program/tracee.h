#pragma once
// What the kernel says of a process that is traced.

#include <sys/types.h>

#include <cstdint>

namespace pgo_orch::timer {

/// Where the program's entry was loaded, of /proc/PID/auxv; 0 if it can't be read.
std::uint64_t loaded_entry(pid_t process);

/// 1 if they can't be counted.
unsigned long count_threads(pid_t process);

bool is_thread_of(pid_t process, pid_t thread);

/// The si_code of the signal that a thread is stopped by; 0 if it can't be told.
int trap_code(pid_t thread);

}  // namespace pgo_orch::timer
