#pragma once
// Runs the tool, waits for its end, and writes the line in the log.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "measure/shim/program/call.h"

namespace pgo_orch::shim {

/// A pass of rustc, printed when it ended.
struct Pass {
  std::string name;
  double seconds = 0;
  std::int64_t end_ns = 0;  ///< when the line arrived
};

/// How a tool ran.
struct Run {
  int spawn_error = 0;  ///< errno, if it could not be started
  pid_t pid = -1;
  std::int64_t start_ns = 0;  ///< CLOCK_MONOTONIC
  std::int64_t end_ns = 0;
  int wait_status = 0;  ///< as wait4(2) gave it, and what follows
  std::int64_t user_ns = 0;
  std::int64_t system_ns = 0;
  std::uint64_t peak_rss_bytes = 0;
  std::vector<Pass> passes;
};

/// CLOCK_MONOTONIC in nanoseconds.
std::int64_t now_ns();

Run run(Call& call);

/// One line of JSON, as pgo/shim_contract.h describes it, ended by a newline.
std::string event_line(const Call& call, const Run& run, std::int64_t own_ns);

/// Appends the line to the log of PGO_ORCH_SHIM_LOG by one write, so that lines of several shims don't mix. A
/// failure is reported on standard error, once for each folder of links.
void append_to_log(const std::string& line);

}  // namespace pgo_orch::shim
