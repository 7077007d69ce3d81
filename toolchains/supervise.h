#pragma once
// Inside the runner: follows one started command to the end of its last process.

#include <sys/types.h>

#include "toolchains/process_runner.h"

namespace pgo_orch::toolchains {

/// Waits for the session that `leader` leads, keeping to the timeout and heeding interrupts, reaps all of it
/// and releases it from the guardian. Its wall time counts from `started`, which is before its fork.
/// `timeout` zero: none.
Outcome supervise(pid_t leader, std::chrono::steady_clock::time_point started, Nanoseconds timeout,
                  const RunnerOptions& options);

}  // namespace pgo_orch::toolchains
