#pragma once
// One timed run: from a launch to the end of the program and of everything that it left behind.

#include "measure/timer/program/spawn.h"

namespace pgo_orch::timer {

class Tracing;

/// What can happen to the helper itself while a program runs; both descriptors stay open all the time.
struct Controls {
  int socket;           ///< requests; readable during a run: an abort, or the end of the driver
  int signals;          ///< a signalfd
  int null;             ///< /dev/null, for reading and writing
  pid_t driver;         ///< who started us
  bool ending = false;  ///< set when the helper must end after this run
};

/// Whether the signal that waits in `signals` means that the helper must end. Takes it off.
bool told_to_end(const Controls& controls);

/// Runs the program. `output_fd` is the read end of its stdout (read and discarded), or -1; it is closed.
/// `close_after_start` is a descriptor that only the program needs from then on, or -1.
/// With `tracing` the program is stopped at landmarks, which changes what it takes.
/// On return nothing that the program started is left: its process group is killed, and so are its orphans.
Answer run(const Launch& launch, int output_fd, int close_after_start, std::int64_t timeout_ns,
           Controls& controls, Tracing* tracing = nullptr);

}  // namespace pgo_orch::timer
