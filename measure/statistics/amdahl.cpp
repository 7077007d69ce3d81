#include "measure/statistics/amdahl.h"

#include <algorithm>
#include <functional>

namespace pgo_orch::measure {

std::optional<double> needed_reduction(double total, double target, double share) {
  if (target >= total) return 0;
  if (share <= 0) return std::nullopt;
  return (total - target) / (share * total);
}

std::optional<std::string> dominant(const std::vector<Part>& parts, double limit) {
  const auto largest = std::ranges::max_element(parts, {}, &Part::share);
  if (largest == parts.end() || largest->share <= limit) return std::nullopt;
  return largest->name;
}

std::vector<Part> by_share(std::vector<Part> parts) {
  std::ranges::stable_sort(parts, std::greater{}, &Part::share);
  return parts;
}

}  // namespace pgo_orch::measure
