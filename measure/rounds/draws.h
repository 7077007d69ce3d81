#pragma once
// The random choices of a measurement: pure functions of the seed and the round, so that a resumed
// measurement continues as if it had never stopped, with any standard library.

#include <cstdint>
#include <string>
#include <vector>

namespace pgo_orch::measure {

/// The purpose of a draw: each has its own random sequence.
enum class Purpose : std::uint64_t { order = 1, pad = 2, copies = 3, warmup = 4 };

/// 0..count-1 in uniformly random order (Fisher and Yates, on std::mt19937_64, the same everywhere).
std::vector<int> random_order(std::uint64_t seed, Purpose purpose, int round, int count);

/// A random text of 0..4095 bytes: an environment variable that moves the stack (Mytkowicz et al. 2009 found
/// that the environment's size can bias results by more than an optimization gains). One for each round.
std::string random_pad(std::uint64_t seed, int round);

}  // namespace pgo_orch::measure
