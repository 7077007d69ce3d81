#include "measure/rounds/draws.h"

#include <numeric>
#include <random>
#include <utility>

namespace pgo_orch::measure {

namespace {

/// The finalizer of SplitMix64 (Steele, Lea and Flood 2014), so that neighbouring seeds share nothing.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

std::mt19937_64 generator(std::uint64_t seed, Purpose purpose, int round) {
  return std::mt19937_64(
      mix(mix(mix(seed) + static_cast<std::uint64_t>(purpose)) + static_cast<std::uint64_t>(round)));
}

/// Uniform in 0..count-1. Draws from the incomplete last part of the range are discarded, otherwise small
/// values would be more frequent.
std::uint64_t below(std::mt19937_64& random, std::uint64_t count) {
  const std::uint64_t usable = std::mt19937_64::max() / count * count;
  std::uint64_t drawn;
  do drawn = random();
  while (drawn >= usable);
  return drawn % count;
}

}  // namespace

std::vector<int> random_order(std::uint64_t seed, Purpose purpose, int round, int count) {
  auto random = generator(seed, purpose, round);
  std::vector<int> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t left = order.size(); left > 1; --left)
    std::swap(order[left - 1], order[below(random, left)]);
  return order;
}

std::string random_pad(std::uint64_t seed, int round) {
  auto random = generator(seed, Purpose::pad, round);
  return std::string(below(random, 4096), 'x');
}

}  // namespace pgo_orch::measure
