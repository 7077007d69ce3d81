#pragma once
// Descriptive figures of raw times. They are derived when something is written, never stored, so that they
// cannot contradict the times. Verdicts are not made from them.

#include <chrono>
#include <optional>
#include <span>

#include "toolchains/units.h"

namespace pgo_orch::report {

/// A mean of whole nanoseconds is seldom whole itself.
using Seconds = std::chrono::duration<double>;

struct Summary {
  Seconds mean{};
  Seconds median{};  ///< of an even number: the mean of the middle two
  Seconds min{};
  Seconds max{};
  std::optional<Seconds> stddev;  ///< of the sample (n - 1), as hyperfine's; none for a single run
};

/// No value for no times.
std::optional<Summary> summarize(std::span<const Nanoseconds> times);

/// No value for no times.
std::optional<Seconds> mean(std::span<const Nanoseconds> times);

/// No value for none. Of an even number the lower of the middle two, so that it is one that was seen.
std::optional<Bytes> median(std::span<const Bytes> sizes);

}  // namespace pgo_orch::report
