#include "measure/statistics/looks.h"

#include <cmath>
#include <numbers>

namespace pgo_orch::measure {
namespace {

int rounds_of(int index) {
  return static_cast<int>(std::ceil(8 * std::pow(1.5, index)));
}

constexpr int even_looks = 15;     // from 12 rounds on they reach 3503: few measurements get further
constexpr double even_part = 0.9;  // of the error; the rest is for all looks after them

double share(double alpha, int k) {
  if (k <= even_looks) return even_part * alpha / even_looks;
  const double later = k - even_looks;
  return (1 - even_part) * alpha * 6 / (std::numbers::pi * std::numbers::pi * later * later);
}

/// The index of the first look at which a claim is possible.
int first_index(double alpha) {
  const double needed = 1 - std::log2(share(alpha, 1));
  int index = 0;
  while (rounds_of(index) < needed) ++index;
  return index;
}

}  // namespace

int next_look(int rounds) {
  int index = 0;
  while (rounds_of(index) <= rounds) ++index;
  return rounds_of(index);
}

std::optional<Look> latest_look(int rounds, double alpha) {
  const int first = first_index(alpha);
  if (rounds < rounds_of(first)) return std::nullopt;
  int index = first;
  while (rounds_of(index + 1) <= rounds) ++index;
  return Look{rounds_of(index), share(alpha, index - first + 1)};
}

int first_look(double alpha) {
  return rounds_of(first_index(alpha));
}

}  // namespace pgo_orch::measure
