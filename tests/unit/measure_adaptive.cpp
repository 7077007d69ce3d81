// The test that takes signs where tails are heavy: exact, and no weaker than signed ranks.

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "measure/statistics/intervals.h"
#include "measure/statistics/statistics.h"
#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;

namespace {

using Values = std::vector<double>;
using Noise = std::function<double(std::mt19937&)>;

double normal(std::mt19937& random, double sigma) {
  return std::normal_distribution<double>(0, sigma)(random);
}

Noise light() {
  return [](std::mt19937& random) { return normal(random, 0.014); };
}

/// Differences of runs of which this part takes up to twice as long and more.
Noise disturbed(double part) {
  const auto run = [part](std::mt19937& random) {
    const bool hit = std::bernoulli_distribution(part)(random);
    return normal(random, 0.01) + (hit ? std::abs(normal(random, 0.5)) : 0);
  };
  return [run](std::mt19937& random) {
    const double one = run(random);
    return one - run(random);
  };
}

Noise cauchy() {
  return [](std::mt19937& random) { return std::cauchy_distribution<double>(0, 0.01)(random); };
}

/// Differences that were recorded between two copies of a program of 6 ms, in 1e-5 of a logarithm, in random
/// order and each with a random sign: neighbours make no copy faster.
Noise recorded(const std::string& name) {
  std::istringstream text(
      toolchains::read_file(PGO_ORCH_SOURCE_DIR "/tests/golden/measure/noise-" + name + ".txt"));
  Values values;
  for (double value; text >> value;) values.push_back(value / 1e5);
  return [values](std::mt19937& random) {
    const double value = values[random() % values.size()];
    return random() % 2 == 0 ? value : -value;
  };
}

struct Power {
  int adaptive = 0, signed_rank = 0, sign = 0, wrong = 0, held = 0;
};

/// How many of so many trials find this effect, in 1 - alpha intervals of so many rounds.
Power power(const Noise& noise, double effect, int rounds, int trials, double alpha) {
  std::mt19937 random(1);
  Power found;
  for (int trial = 0; trial < trials; ++trial) {
    Values values;
    for (int round = 0; round < rounds; ++round) values.push_back(effect + noise(random));
    const auto adaptive = adaptive_interval(values, values, values, alpha);
    found.adaptive += adaptive.excludes_zero();
    found.signed_rank += hodges_lehmann(values, alpha).excludes_zero();
    found.sign += median_interval(values, alpha).excludes_zero();
    found.wrong += adaptive.hi && *adaptive.hi < 0;
    found.held += adaptive.lo.value_or(effect) <= effect && effect <= adaptive.hi.value_or(effect);
  }
  return found;
}

}  // namespace

TEST_CASE(
    "of all sign flips of any sizes at most alpha excludes zero: the choice of the test costs nothing") {
  std::mt19937 random(7);
  constexpr int n = 12;
  constexpr double alpha = 0.05;
  for (const Noise& noise : {light(), disturbed(0.3), cauchy(), recorded("busy-wall")}) {
    Values sizes;
    for (int i = 0; i < n; ++i) sizes.push_back(std::abs(noise(random)));
    int rejected = 0;
    for (int flips = 0; flips < 1 << n; ++flips) {
      Values values = sizes;
      for (int i = 0; i < n; ++i)
        if (flips >> i & 1) values[static_cast<std::size_t>(i)] *= -1;
      rejected += adaptive_interval(values, values, values, alpha).excludes_zero();
    }
    CHECK(rejected <= alpha * (1 << n));
  }
}

TEST_CASE("signs say more of heavy tails, ranks of light ones, wherever the values lie") {
  std::mt19937 random(3);
  int heavy = 0, slight = 0;
  for (int trial = 0; trial < 100; ++trial) {
    Values wild, tame;
    for (int i = 0; i < 61; ++i) {
      wild.push_back(5 + disturbed(0.3)(random));
      tame.push_back(5 + light()(random));
    }
    heavy += signs_say_more(wild, 5);
    slight += signs_say_more(tame, 5);
  }
  CHECK(heavy >= 95);
  CHECK(slight <= 5);
  CHECK_FALSE(signs_say_more(Values(20, 0.25), 0.25));
}

TEST_CASE("simulated noise: at least the power of signed ranks, and far more where a third is disturbed") {
  constexpr int trials = 300;
  const auto tame = power(light(), 0.0055, 137, trials, 0.003);
  CHECK(tame.adaptive >= tame.signed_rank - trials * 3 / 100);
  const auto wild = power(disturbed(0.3), 0.012, 137, trials, 0.003);
  CHECK(wild.adaptive >= 2 * wild.signed_rank);
  CHECK(wild.adaptive >= wild.sign - trials * 3 / 100);
  const auto tails = power(cauchy(), 0.008, 137, trials, 0.003);
  CHECK(tails.adaptive >= tails.signed_rank);
  for (const auto& each : {tame, wild, tails}) {
    CHECK(each.wrong == 0);
    CHECK(each.held >= trials * 98 / 100);
  }
}

TEST_CASE("recorded noise: at least the power of signed ranks at the same error") {
  constexpr int trials = 200;
  struct Recorded {
    const char* name;
    double effect;
  };
  for (const auto& [name, effect] : {Recorded{"busy-wall", 0.06}, {"busy-cpu", 0.004}}) {
    for (const int rounds : {41, 137}) {
      CAPTURE(name);
      CAPTURE(rounds);
      const auto found = power(recorded(name), effect * std::sqrt(137.0 / rounds), rounds, trials, 0.01);
      CHECK(found.adaptive >= found.signed_rank - trials * 3 / 100);
      CHECK(found.wrong <= 1);
      CHECK(found.held >= trials * 97 / 100);
      CHECK(power(recorded(name), 0, rounds, trials, 0.05).adaptive <= trials * 8 / 100);
    }
  }
}
