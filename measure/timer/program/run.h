#pragma once
// One timed run: from a launch to the end of the program and of everything that it left running.

#include "measure/timer/program/spawn.h"

namespace pgo_orch::timer {

class Tracing;

/// The helper's own descriptors, and what happens to it while a program runs.
struct Controls {
  int socket;           ///< requests; readable during a run: an abort, or the end of the driver
  int signals;          ///< a signalfd
  int null;             ///< /dev/null, for reading and writing
  pid_t driver;         ///< the process that started us
  bool ending = false;  ///< set when the helper must end after this run
};

/// The answer if a run could not be started.
Answer failed(Stage stage, int error_number);

/// Whether the pending signal in `signals` means that the helper must end. Removes it.
bool told_to_end(const Controls& controls);

/// Runs the program. `output_fd` is the read end of its stdout (read and discarded), or -1; it is closed.
/// `close_after_start` is a descriptor that only the program needs from then on, or -1.
/// With `tracing` the program is stopped at landmarks, which costs time.
/// On return nothing that the program started still runs: its process group and its orphans are killed.
Answer run(const Launch& launch, int output_fd, int close_after_start, std::int64_t timeout_ns,
           Controls& controls, Tracing* tracing = nullptr);

}  // namespace pgo_orch::timer
