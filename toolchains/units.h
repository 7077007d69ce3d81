#pragma once
// Quantities with their unit in the type.

#include <chrono>
#include <compare>
#include <cstdint>

namespace pgo_orch {

using Nanoseconds = std::chrono::nanoseconds;

/// A number of bytes.
struct Bytes {
  std::uint64_t count = 0;
  auto operator<=>(const Bytes&) const = default;
};

/// A duration as seconds, for printing and JSON only.
inline double seconds(Nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace pgo_orch
