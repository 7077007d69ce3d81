// Whole measurements with a clock that is made up: what is claimed of programs whose true
// difference is known.

#include <doctest/doctest.h>

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

/// A quarter of all runs take much longer, and who runs first in a round pays for it.
class Bad : public Machine {
 public:
  using Machine::Machine;
  double disturbance(int position) override {
    return normal(0.02) + (chance(0.25) ? std::abs(normal(1)) : 0) + (position == 0 ? 0.05 : 0);
  }
};

Sample took(double seconds) {
  Sample sample;
  sample.end = End::exited;
  sample.exit_code = 0;
  sample.wall = Nanoseconds(std::llround(seconds * 1e9));
  return sample;
}

struct Outcome {
  std::vector<Series> series;
  int rounds = 0;
  int runs = 0;
};

/// Programs of these true effects (ln), the first one the baseline, until the referee has seen enough or
/// `most` rounds are over.
Outcome measure_on(Machine& machine, const std::vector<double>& effects, const RaceRules& rules, int most,
                   unsigned seed, double cap = 0) {
  Outcome outcome;
  outcome.series.resize(effects.size());
  for (int round = 1; round <= most; ++round) {
    outcome.rounds = round;
    int position = 0;
    for (const int index : random_order(seed, Purpose::order, round, static_cast<int>(effects.size()))) {
      auto& series = outcome.series[static_cast<std::size_t>(index)];
      if (series.lost) continue;
      const double effect = effects[static_cast<std::size_t>(index)];
      series.rounds.push_back(round);
      series.samples.push_back(took(0.01 * std::exp(effect + machine.disturbance(position++))));
      if (cap > 0 && seconds(series.samples.back().wall) > cap) {
        series.samples.back() = took(cap);
        series.samples.back().capped = true;
      }
      ++outcome.runs;
    }
    if (next_look(round - 1) != round) continue;
    const Ruling ruling = rule(outcome.series, rules);
    for (const std::size_t lost : ruling.lost) outcome.series[lost].lost = true;
    if (ruling.settled) break;
  }
  return outcome;
}

struct Tally {
  int trials = 0, claims = 0, wrong_sign = 0, covered = 0;
};

/// Trials of one program with this true effect against the baseline; every look of each is judged.
template <class Model>
Tally trials(double effect, int count, int most, double cap = 0) {
  Tally tally;
  const RaceRules rules{.claim = {}, .baseline = 0, .control = std::nullopt, .drop = false};
  for (int trial = 0; trial < count; ++trial) {
    Model machine(static_cast<unsigned>(1000 + trial));
    const auto outcome = measure_on(machine, {0, effect}, rules, most, static_cast<unsigned>(trial), cap);
    const auto found = compare(outcome.series[0], outcome.series[1], rules.claim);
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
  const auto same = trials<Model>(0, 300, 137);
  CHECK(same.claims <= same.trials * 5 / 100);
  CHECK(same.covered >= same.trials * 95 / 100);
  for (const double effect : {-0.03, 0.01}) {
    CAPTURE(effect);
    const auto other = trials<Model>(effect, 150, 137);
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

TEST_CASE("runs that are stopped at a cap make no false claims, and take no truth out of an interval") {
  const auto same = trials<Bad>(0, 300, 137, 0.015);  // a sixth of all runs
  CHECK(same.claims <= same.trials * 5 / 100);
  CHECK(same.covered >= same.trials * 95 / 100);
  const auto other = trials<Bad>(0.2, 150, 137, 0.015);
  CHECK(other.claims > 75);  // a sixth of all differences say next to nothing
  CHECK(other.wrong_sign == 0);
  CHECK(other.covered >= other.trials * 95 / 100);
}

TEST_CASE("a difference of 3 % is found on a quiet machine within 61 rounds") {
  const auto found = trials<Quiet>(0.03, 100, 61);
  CHECK(found.claims >= 95);
  CHECK(found.wrong_sign == 0);
}

TEST_CASE("racing eight programs takes less than a third of the runs, and has the same winner") {
  const std::vector<double> effects{0, -0.08, 0.1, 0.2, -0.02, 0.4, 0.05, 0.7};
  RaceRules rules{
      .claim = {.confidence = 0.95, .claims = 14}, .baseline = 0, .control = std::nullopt, .drop = true};
  int raced = 0, equal = 0;
  for (unsigned trial = 0; trial < 20; ++trial) {
    Quiet machine(trial), same_machine(trial);
    const auto outcome = measure_on(machine, effects, rules, 1000, trial);
    raced += outcome.runs;
    RaceRules without = rules;
    without.drop = false;
    equal += measure_on(same_machine, effects, without, 1000, trial).runs;
    CHECK_FALSE(outcome.series[1].lost);
    for (const std::size_t slower : {2U, 3U, 5U, 7U}) CHECK(outcome.series[slower].lost);
  }
  CAPTURE(raced);
  CAPTURE(equal);
  CHECK(raced * 10 < equal * 3);
}
