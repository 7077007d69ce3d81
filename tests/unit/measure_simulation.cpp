// Whole measurements with a clock that is made up: what is claimed of programs whose true
// difference is known.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "measure/rounds/race.h"
#include "measure/statistics/verdict.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;

namespace {

/// A machine: how much longer (ln) the `position`-th run of a round takes than it should.
class Machine {
 public:
  explicit Machine(unsigned seed) : random_(seed) {}
  virtual ~Machine() = default;
  virtual double disturbance(int position) = 0;

 protected:
  double normal(double sigma) { return std::normal_distribution<double>(0, sigma)(random_); }
  bool chance(double p) { return std::bernoulli_distribution(p)(random_); }
  double cauchy(double scale) { return std::cauchy_distribution<double>(0, scale)(random_); }

 private:
  std::mt19937 random_;
};

/// One per cent of noise, now and then a small delay.
class Quiet : public Machine {
 public:
  using Machine::Machine;
  double disturbance(int) override { return normal(0.01) + (chance(0.02) ? std::abs(normal(0.1)) : 0); }
};

/// Neighbours: a level that drifts and steps, and spikes.
class Shared : public Machine {
 public:
  using Machine::Machine;
  double disturbance(int) override {
    level_ = 0.98 * level_ + normal(0.01);
    if (chance(0.01)) level_ += normal(0.2);
    return level_ + normal(0.02) + (chance(0.05) ? std::abs(normal(0.5)) : 0);
  }

 private:
  double level_ = 0;
};

/// Tails so heavy that no mean exists.
class Heavy : public Machine {
 public:
  using Machine::Machine;
  double disturbance(int) override { return cauchy(0.01); }
};

/// Two levels: turbo or not, say, or a neighbour on the same core.
class Bimodal : public Machine {
 public:
  using Machine::Machine;
  double disturbance(int) override { return normal(0.005) + (chance(0.4) ? 0.06 : 0); }
};

/// A quarter of all runs take much longer, and who runs first in a round pays for it.
class Bad : public Machine {
 public:
  using Machine::Machine;
  double disturbance(int position) override {
    return normal(0.02) + (chance(0.25) ? std::abs(normal(1)) : 0) + (position == 0 ? 0.05 : 0);
  }
};

/// An hour at most: under the heaviest tails a time may be beyond all numbers.
Sample took(double seconds) {
  Sample sample;
  sample.end = End::exited;
  sample.exit_code = 0;
  sample.wall = Nanoseconds(std::llround(std::min(seconds, 3600.0) * 1e9));
  return sample;
}

struct Outcome {
  std::vector<Series> series;
  int rounds = 0;
  int runs = 0;
  int ends = 1;
};

struct Limits {
  int rounds;
  double cap = 0;  ///< seconds; 0: none
  Nanoseconds time = Nanoseconds::max();
};

/// Programs of these true effects (ln), the first one the baseline, until the referee has seen enough or a
/// limit is reached.
Outcome measure_on(Machine& machine, const std::vector<double>& effects, const RaceRules& rules,
                   const Limits& limits, unsigned seed) {
  Outcome outcome;
  outcome.series.resize(effects.size());
  Nanoseconds left = limits.time;
  for (int round = 1; round <= limits.rounds && left > Nanoseconds::zero(); ++round) {
    outcome.rounds = round;
    int position = 0;
    for (const int index : random_order(seed, Purpose::order, round, static_cast<int>(effects.size()))) {
      auto& series = outcome.series[static_cast<std::size_t>(index)];
      if (series.lost) continue;
      const double effect = effects[static_cast<std::size_t>(index)];
      series.rounds.push_back(round);
      series.samples.push_back(took(0.01 * std::exp(effect + machine.disturbance(position++))));
      if (limits.cap > 0 && seconds(series.samples.back().wall) > limits.cap) {
        series.samples.back() = took(limits.cap);
        series.samples.back().capped = true;
      }
      left -= series.samples.back().wall;
      ++outcome.runs;
    }
    if (next_look(round - 1) != round) continue;
    const Ruling ruling = rule(outcome.series, rules, {left, limits.time});
    for (const std::size_t lost : ruling.lost) outcome.series[lost].lost = true;
    if (!ruling.settled) continue;
    outcome.ends = 0;
    break;
  }
  return outcome;
}

struct Tally {
  int trials = 0, claims = 0, wrong_sign = 0, covered = 0;
};

/// Trials of one program with this true effect against the baseline; every look of each is judged.
template <class Model>
Tally trials(double effect, int count, const Limits& limits) {
  Tally tally;
  const RaceRules rules{.drop = false};
  for (int trial = 0; trial < count; ++trial) {
    Model machine(static_cast<unsigned>(1000 + trial));
    const auto outcome = measure_on(machine, {0, effect}, rules, limits, static_cast<unsigned>(trial));
    const auto found =
        compare(outcome.series[0], outcome.series[1], rules.claim, Quantity::wall, outcome.ends);
    ++tally.trials;
    const double truth = to_percent(effect);
    tally.claims += excludes_zero(found);
    tally.wrong_sign += excludes_zero(found) && *found.effect_pct * truth < 0;
    tally.covered += found.lo_pct.value_or(truth) <= truth && truth <= found.hi_pct.value_or(truth);
  }
  return tally;
}

template <class Model>
void check_model() {
  const auto same = trials<Model>(0, 300, {137});
  CHECK(same.claims <= same.trials * 5 / 100);
  CHECK(same.covered >= same.trials * 95 / 100);
  for (const double effect : {-0.03, 0.01}) {
    CAPTURE(effect);
    const auto other = trials<Model>(effect, 150, {137});
    CHECK(other.wrong_sign == 0);
    CHECK(other.covered >= other.trials * 95 / 100);
  }
}

}  // namespace

TEST_CASE("on a quiet machine at most 5 % of claims are false, and 95 % of intervals hold the truth") {
  check_model<Quiet>();
}

TEST_CASE("on a shared machine likewise") {
  check_model<Shared>();
}

TEST_CASE("on a bad machine likewise") {
  check_model<Bad>();
}

TEST_CASE("with tails so heavy that no mean exists likewise") {
  check_model<Heavy>();
}

TEST_CASE("where runs have two levels likewise") {
  check_model<Bimodal>();
}

TEST_CASE("where a quarter of all runs is disturbed, 8 % are found by the signs") {
  const auto found = trials<Bad>(0.08, 100, {137});
  CHECK(found.claims >= 80);
  CHECK(found.wrong_sign == 0);
}

TEST_CASE("runs that are stopped at a cap make no false claims, and take no truth out of an interval") {
  const auto same = trials<Bad>(0, 300, {137, 0.015});  // a sixth of all runs
  CHECK(same.claims <= same.trials * 5 / 100);
  CHECK(same.covered >= same.trials * 95 / 100);
  const auto other = trials<Bad>(0.2, 150, {137, 0.015});
  CHECK(other.claims > 75);  // a sixth of all differences say next to nothing
  CHECK(other.wrong_sign == 0);
  CHECK(other.covered >= other.trials * 95 / 100);
}

TEST_CASE("a difference of 3 % is found on a quiet machine within 61 rounds") {
  const auto found = trials<Quiet>(0.03, 100, {61});
  CHECK(found.claims >= 95);
  CHECK(found.wrong_sign == 0);
}

namespace {

const std::vector<double> eight{0, -0.08, 0.1, 0.2, -0.02, 0.4, 0.05, 0.7};

RaceRules rules_of_eight() {
  return {.claim = {.confidence = 0.95, .claims = 7 / 0.6}};
}

}  // namespace

TEST_CASE("while there is time, nobody leaves a race before it is known") {
  for (unsigned trial = 0; trial < 10; ++trial) {
    Quiet machine(trial);
    const auto rules = rules_of_eight();
    const auto outcome = measure_on(machine, eight, rules, {4000}, trial);
    CHECK(outcome.ends == 0);
    for (std::size_t i = 1; i < eight.size(); ++i) {
      const auto found = compare(outcome.series[0], outcome.series[i], rules.claim);
      CHECK(is_settled(found, rules.claim));
      CHECK(*found.lo_pct <= to_percent(eight[i]));
      CHECK(*found.hi_pct >= to_percent(eight[i]));
    }
  }
}

TEST_CASE("without the time for all, a race of eight has the same winner in a third of it") {
  int same = 0;
  for (unsigned trial = 0; trial < 20; ++trial) {
    Quiet machine(trial), other(trial);
    RaceRules rules = rules_of_eight();
    rules.drop = false;
    const auto equal = measure_on(machine, eight, rules, {4000}, trial);
    rules.drop = true;
    Nanoseconds time{};
    for (const auto& series : equal.series)
      for (const auto& sample : series.samples) time += sample.wall;
    const auto raced = measure_on(other, eight, rules, {4000, 0, time / 3}, trial);
    CHECK(raced.runs < equal.runs / 2);
    CHECK_FALSE(raced.series[1].lost);
    const auto found = compare(raced.series[0], raced.series[1], rules.claim, Quantity::wall, raced.ends);
    same += found.verdict == Verdict::faster;
    for (const std::size_t slower : {3U, 5U, 7U}) CHECK(raced.series[slower].lost);
  }
  CHECK(same == 20);
}

TEST_CASE("among three of which one is dropped for lack of time, two that are equal are not told apart") {
  int claims = 0;
  constexpr int count = 300;
  for (unsigned trial = 0; trial < count; ++trial) {
    Shared machine(trial);
    const RaceRules rules{.claim = {.confidence = 0.95, .claims = 1}};
    const auto raced =
        measure_on(machine, {0, 0, 0.3}, rules, {4000, 0, std::chrono::milliseconds(2500)}, trial);
    const auto found = compare(raced.series[0], raced.series[1], rules.claim, Quantity::wall, raced.ends);
    claims += excludes_zero(found);
  }
  CHECK(claims <= count * 5 / 100);
}
