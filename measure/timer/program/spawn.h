#pragma once
// Starts a program with as little as possible between the start stamp and the program.

#include <sched.h>
#include <sys/types.h>

#include <cstdint>

#include "measure/timer/protocol.h"

namespace pgo_orch::timer {

/// What the child needs, prepared before it exists: it shares our memory until it executes the program.
struct Launch {
  const char* executable;
  const char* cwd;    ///< empty: stays
  char* const* argv;  ///< ended by a null pointer, as is the environment
  char* const* environment;
  int stdin_fd;
  int stdout_fd;
  int stderr_fd;
  const cpu_set_t* affinity;  ///< null: stays
  bool fixed_layout;          ///< without address space layout randomization
};

/// A running program, or why it does not run.
struct Started {
  pid_t pid = -1;  ///< also the id of its process group
  int pidfd = -1;
  std::int64_t start_ns = 0;
  Stage failed_stage = Stage::none;  ///< none: it runs
  int error_number = 0;
};

/// CLOCK_MONOTONIC in nanoseconds.
std::int64_t now_ns();

/// Starts the program in its own process group. Returns once it was executed, or could not be.
Started spawn(const Launch& launch);

/// The same, but returns at once, and the program is only executed when a byte can be read from `gate_fd`.
/// `launch` must live until then.
Started spawn_waiting(const Launch& launch, int gate_fd);

/// When the program of the last spawn_waiting() started, or why it could not.
Started outcome_of_waiting();

}  // namespace pgo_orch::timer
