// Pass, open and fail, from samples that are made up.

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "orchestrator/judge/gate_verdict.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using measure::GateMetric;
using measure::GateOutcome;

namespace {

measure::Sample took(double milliseconds) {
  measure::Sample sample;
  sample.end = toolchains::End::exited;
  sample.exit_code = 0;
  sample.wall = Nanoseconds(std::llround(1e6 * milliseconds));
  sample.user = sample.wall / 2;
  sample.system = sample.wall / 2;
  sample.peak_rss = Bytes{static_cast<std::uint64_t>(1e6 * milliseconds)};
  return sample;
}

/// Rounds of programs that take so many milliseconds, with normal noise of this part of that.
measure::Measured rounds_of(const std::vector<double>& milliseconds, double noise, int rounds = 41,
                            unsigned seed = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, noise);
  measure::Measured measured;
  measured.rounds = rounds;
  for (const double time : milliseconds) {
    auto& series = measured.series.emplace_back();
    for (int round = 1; round <= rounds; ++round) {
      series.rounds.push_back(round);
      series.samples.push_back(took(time * std::exp(normal(random))));
    }
  }
  return measured;
}

const auto claim = gate_claim(0.99, 4);

report::PairResult judged(const std::vector<double>& milliseconds, double noise, const Allowance& allowance,
                          GateMetric metric = GateMetric::wall) {
  return judge_timed(rounds_of(milliseconds, noise), 1, metric, allowance, claim);
}

report::GateClaim claim_with(GateOutcome first, std::optional<GateOutcome> second) {
  report::GateClaim made;
  made.first.outcome = first;
  if (second) made.second.emplace().outcome = *second;
  return made;
}

}  // namespace

TEST_CASE("each end of an interval has the whole error of its comparison") {
  CHECK(gate_claim(0.99, 4).alpha() == doctest::Approx(2 * 0.01 / 4));
  CHECK(gate_claim(0.95, 1).alpha() == doctest::Approx(0.1));
  CHECK(gate_claim(0.99, 0).alpha() == doctest::Approx(0.02));
}

TEST_CASE("what is shown beyond the guard fails, what is shown within passes, the rest is open") {
  CHECK(judged({10, 11}, 0.01, {.fraction = 0.02}).outcome == GateOutcome::fail);
  CHECK(judged({10, 10}, 0.01, {.fraction = 0.02}).outcome == GateOutcome::pass);
  CHECK(judged({10, 9}, 0.01, {.fraction = 0}).outcome == GateOutcome::pass);
  const auto open = judged({10, 10.2}, 0.01, {.fraction = 0.02});
  CHECK(open.outcome == GateOutcome::open);
  CHECK(*open.lo < 2);
  CHECK(*open.hi > 2);
}

TEST_CASE("a regression is beyond guard and floor") {
  CHECK(judged({10, 10.5}, 0.001, {.fraction = 0.02}).outcome == GateOutcome::fail);
  const auto within = judged({10, 10.5}, 0.001, {.fraction = 0.02, .floor = 0.001});
  CHECK(within.allowed == doctest::Approx(10).epsilon(0.01));
  CHECK(within.outcome == GateOutcome::pass);
  CHECK(allowed_percent({.fraction = 0.02, .floor = 0.001}, 1) == doctest::Approx(2));
  CHECK(allowed_percent({.fraction = 0.02, .floor = 0.001}, 0) == doctest::Approx(2));
}

TEST_CASE("each metric is judged by its own figures") {
  auto measured = rounds_of({10, 10}, 0.001);
  for (auto& sample : measured.series[1].samples) sample.user += std::chrono::milliseconds(1);
  const Allowance allowance{.fraction = 0.02};
  CHECK(judge_timed(measured, 1, GateMetric::wall, allowance, claim).outcome == GateOutcome::pass);
  const auto cpu = judge_timed(measured, 1, GateMetric::cpu, allowance, claim);
  CHECK(cpu.outcome == GateOutcome::fail);
  CHECK(*cpu.head == doctest::Approx(0.011).epsilon(0.01));
  CHECK(judge_timed(measured, 1, GateMetric::memory, allowance, claim).outcome == GateOutcome::pass);
}

TEST_CASE("what is open says about how many rounds, and how long, would tell") {
  const auto open = judged({10, 10.1, 10}, 0.05, {.fraction = 0.02});
  REQUIRE(open.outcome == GateOutcome::open);
  REQUIRE(open.rounds_needed);
  CHECK(*open.rounds_needed > 41 / 2);
  CHECK(seconds(*open.time_needed) == doctest::Approx(*open.rounds_needed * 0.0301).epsilon(0.1));
}

TEST_CASE("a copy of the old version that measures differently makes intervals wider by as much") {
  const auto sound = judged({10, 10.6, 10}, 0.001, {.fraction = 0.02});
  const auto biased = judged({10, 10.6, 10.5}, 0.001, {.fraction = 0.02});
  CHECK(sound.outcome == GateOutcome::fail);
  CHECK(biased.outcome == GateOutcome::open);
  CHECK(*biased.hi - *biased.lo > *sound.hi - *sound.lo + 9);
  CHECK(biased.reason.starts_with("two copies of BASE measured differently, by up to 5."));
}

TEST_CASE("several orders of code are one comparison, whose interval is also one over the orders") {
  const Allowance allowance{.fraction = 0.02};
  const auto of = [&](const std::vector<double>& heads) {
    std::vector<double> both;
    for (const double head : heads) both.insert(both.end(), {10, head});
    both.push_back(10);
    return judge_timed(rounds_of(both, 0.002), heads.size(), GateMetric::wall, allowance, claim);
  };
  const auto everywhere = of({10.5, 10.6, 10.5, 10.4, 10.6});
  CHECK(everywhere.outcome == GateOutcome::fail);
  CHECK(everywhere.orders == 5);
  CHECK(*everywhere.effect == doctest::Approx(5.2).epsilon(0.02));
  const auto by_place = of({11.5, 11.6, 10, 10, 10});
  CHECK(*by_place.effect > 4);
  CHECK(*by_place.lo < -5);
  CHECK(by_place.outcome == GateOutcome::open);
  CHECK(of({10, 10.1, 9.9, 10, 10}).outcome == GateOutcome::pass);
  // Student's t of four degrees of freedom is 5.598 at the quarter of a percent that each of four has.
  const auto spread = of({10.4, 10.5, 10.6, 10.5, 10.5});
  const double middle = std::log(10.5 / 10), deviation = std::sqrt(2.0 / 4) * 0.1 / 10.5;
  CHECK(*spread.lo ==
        doctest::Approx(100 * std::expm1(middle - 5.598 * deviation / std::sqrt(5))).epsilon(0.05));
}

TEST_CASE("few rounds show nothing, but few builds may") {
  const auto measured = rounds_of({10, 20, 10}, 0.0001, 5);
  const Allowance allowance{.fraction = 0.02};
  CHECK(judge_timed(measured, 1, GateMetric::wall, allowance, claim).outcome == GateOutcome::open);
  CHECK(judge_timed(measured, 1, GateMetric::build, allowance, claim).outcome == GateOutcome::fail);
}

TEST_CASE("sizes and counts are judged without error") {
  const Allowance allowance{.fraction = 0.01, .floor = 4096};
  CHECK(judge_exact(1e6, 1.005e6, allowance).outcome == GateOutcome::pass);
  CHECK(judge_exact(1e6, 1.02e6, allowance).outcome == GateOutcome::fail);
  CHECK(judge_exact(1e5, 1.02e5, allowance).outcome == GateOutcome::pass);  // 2 %, but under the floor
  const Allowance exact{.fraction = 0.01};
  CHECK(judge_counted({100, 100, 100}, {102, 102, 102}, exact).outcome == GateOutcome::fail);
  CHECK(judge_counted({100, 100, 100}, {100, 100, 100}, exact).outcome == GateOutcome::pass);
  const auto varies = judge_counted({100, 103, 100}, {102, 102, 102}, exact);
  CHECK(varies.outcome == GateOutcome::open);
  CHECK(*varies.lo == doctest::Approx(100 * (102.0 / 103 - 1)));
  CHECK(*varies.hi == doctest::Approx(2));
}

TEST_CASE("only what both builds show is a regression") {
  using enum GateOutcome;
  auto both = claim_with(fail, fail);
  conclude(both, true);
  CHECK(both.outcome == fail);
  CHECK(both.reason.empty());
  for (const auto second : {pass, open}) {
    auto one = claim_with(fail, second);
    conclude(one, true);
    CHECK(one.outcome == open);
    CHECK(one.reason.empty());  // it has no interval, so it speaks against nothing
    one.second->hi = 1;
    conclude(one, true);
    CHECK(one.outcome == open);
    CHECK(one.reason == "layout or training");
    conclude(one, false);
    CHECK(one.reason == "not shown again");
  }
  for (const auto first : {pass, open}) {
    auto alone = claim_with(first, std::nullopt);
    conclude(alone, true);
    CHECK(alone.outcome == first);
  }
}

TEST_CASE("gates of a program against itself hardly ever fail, nor does a true loss often pass") {
  constexpr int gates = 2000, comparisons = 6;
  const auto each = gate_claim(0.9, comparisons);
  int failed = 0, passed = 0;
  for (unsigned gate = 0; gate < gates; ++gate) {
    bool fails = false, passes = false;
    for (unsigned i = 0; i < comparisons; ++i) {
      const auto measured = rounds_of({10, 10, 10}, 0.02, 18, 1 + gate * comparisons + i);
      fails = fails || judge_timed(measured, 1, GateMetric::wall, {}, each).outcome == GateOutcome::fail;
      const auto lost = rounds_of({10, 10.2001, 10}, 0.02, 18, 1'000'003 + gate * comparisons + i);
      passes = passes ||
               judge_timed(lost, 1, GateMetric::wall, {.fraction = 0.02}, each).outcome == GateOutcome::pass;
    }
    failed += fails;
    passed += passes;
  }
  // At most a tenth may be wrong; a single look spends a part of that.
  CHECK(failed < gates / 10);
  CHECK(passed < gates / 10);
  CHECK(failed > 0);
  CHECK(passed > 0);
}
