#pragma once
// What making one part of something faster is worth to the whole (Amdahl 1967).

#include <optional>
#include <string>
#include <vector>

namespace pgo_orch::measure {

/// A part of a run or of a build.
struct Part {
  std::string name;
  double share = 0;  ///< fraction of the whole
};

/// The reduction of one part alone, as a fraction of it, that brings the whole from `total` to `target`:
/// (total - target) / (share total). Over 1: that part alone cannot. 0 if the target is reached already; no
/// value for a part that takes nothing.
std::optional<double> needed_reduction(double total, double target, double share);

inline constexpr double dominant_in_a_run = 0.5;
inline constexpr double dominant_in_a_build = 0.4;

/// The largest part, if its share is over `limit`.
std::optional<std::string> dominant(const std::vector<Part>& parts, double limit);

/// The part that is worth most first; those that are worth the same in their order.
std::vector<Part> by_share(std::vector<Part> parts);

}  // namespace pgo_orch::measure
