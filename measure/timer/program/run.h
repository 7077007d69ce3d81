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

/// The standard output of a program, if that is a pipe; -1: it is not.
struct Pipe {
  int reading;  ///< closed after the run
  int writing;  ///< only the program needs it from its start on: closed then
  int to;       ///< what is read is written there
};

/// The answer if a run could not be started.
Answer failed(Stage stage, int error_number);

/// Whether the pending signal in `signals` means that the helper must end. Removes it.
bool told_to_end(const Controls& controls);

/// Runs the program. With `tracing` the program is stopped at landmarks, which costs time.
/// On return nothing that the program started still runs: its process group and its orphans are killed.
Answer run(const Launch& launch, const Pipe& pipe, std::int64_t timeout_ns, Controls& controls,
           Tracing* tracing = nullptr);

}  // namespace pgo_orch::timer
