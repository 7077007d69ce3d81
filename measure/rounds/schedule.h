#pragma once
// What chance decides in a measurement, and how long one may get. Pure functions of the seed and the round,
// so that a resumed measurement goes on as if it had never stopped, on any standard library.

#include <cstdint>
#include <string>
#include <vector>

#include "toolchains/units.h"

namespace pgo_orch::measure {

/// What a draw is for: each gets a random sequence of its own.
enum class Purpose : std::uint64_t { order = 1, pad = 2, copies = 3, warmup = 4 };

/// 0..count-1 in uniformly random order (Fisher and Yates, on std::mt19937_64, the same everywhere).
std::vector<int> random_order(std::uint64_t seed, Purpose purpose, int round, int count);

/// A random text of 0..4095 bytes: an environment variable that moves the stack (Mytkowicz et al. 2009 found
/// the environment's size to bias results by more than what an optimization gives). One for a round.
std::string random_pad(std::uint64_t seed, int round);

struct Budget {
  Nanoseconds time = std::chrono::seconds(60);  ///< for all of the measurement, warm-up included
  int min_rounds = 5;                           ///< played even if they take longer than `time`
  int max_rounds = 5000;
};

/// How many rounds it will be in all: those played, and those of `round_time` that fit into what is left of
/// the budget, within its limits. An unknown (zero) round time plans the most.
int planned_rounds(const Budget& budget, Nanoseconds spent, Nanoseconds round_time, int played);

}  // namespace pgo_orch::measure
