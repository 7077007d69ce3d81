#pragma once
// The line in the log.

#include <cstdint>
#include <string>

#include "measure/shim/program/call.h"
#include "measure/shim/program/child.h"

namespace pgo_orch::shim {

/// One line of JSON, as contract.h says, ended by a newline.
std::string event_line(const Call& call, const Run& run, std::int64_t own_ns);

/// Appends the line to the log of PGO_ORCH_SHIM_LOG by one write, so that lines of several shims don't mix.
/// If that fails, it says so on standard error, once for a folder of links.
void append_to_log(const std::string& line);

}  // namespace pgo_orch::shim
