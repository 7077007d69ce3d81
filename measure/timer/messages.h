#pragma once
// Runs and samples as the timing helper's messages (timer/protocol.h).

#include <optional>
#include <string>

#include "measure/timer/protocol.h"
#include "measure/timer/sampler.h"

namespace pgo_orch::measure {

/// The bytes of a `run` request. None if it has more arguments and environment than any kernel accepts.
/// Throws Error if a string contains a NUL.
std::optional<std::string> encode(const RunSpec& spec);

/// The same for a `trace` request.
std::optional<std::string> encode(const RunSpec& spec, const toolchains::Landmarks& landmarks,
                                  bool debug_registers);

/// The bytes of an `abort` request.
std::string encode_abort();

/// What the answer says about `spec`.
Sample decode(const timer::Answer& answer, const RunSpec& spec);
Trace decode(const timer::Answer& answer, const timer::TraceAnswer& trace, const RunSpec& spec);

}  // namespace pgo_orch::measure
