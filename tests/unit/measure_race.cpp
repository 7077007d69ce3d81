#include <doctest/doctest.h>

#include "measure/rounds/race.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;

namespace {

/// Twelve rounds of these milliseconds, each a little longer than the one before.
Series twelve(double milliseconds) {
  Series series;
  for (int round = 1; round <= 12; ++round) {
    Sample sample;
    sample.end = End::exited;
    sample.exit_code = 0;
    sample.wall = Nanoseconds(static_cast<std::int64_t>(1e6 * (milliseconds + 0.001 * round)));
    series.rounds.push_back(round);
    series.samples.push_back(sample);
  }
  return series;
}

using Indexes = std::vector<std::size_t>;

}  // namespace

TEST_CASE("who is shown to be slower than the leader is lost, but never the baseline or the control") {
  const std::vector<Series> series{twelve(10), twelve(9), twelve(12), twelve(10)};
  const RaceRules rules{.claim = {}, .baseline = 0, .control = 3};
  const Ruling ruling = rule(series, rules);
  CHECK(ruling.lost == Indexes{2});
  CHECK(ruling.settled);
  CHECK_FALSE(ruling.biased);
}

TEST_CASE("who is slower than a leading baseline runs on until it is known by about how much") {
  std::vector<Series> series{twelve(10), twelve(10)};
  for (std::size_t i = 0; i < 12; ++i) series[1].samples[i].wall += Nanoseconds(50'000 * (i + 1) * (i % 3));
  const RaceRules rules{.claim = {}, .baseline = 0};
  CHECK(rule(series, rules).lost.empty());
  CHECK_FALSE(rule(series, rules).settled);
  for (auto& sample : series[1].samples) sample.wall += std::chrono::milliseconds(4);
  CHECK(rule(series, rules).lost == Indexes{1});
}

TEST_CASE("who is no candidate drops nobody, is not dropped, and must be known") {
  std::vector<Series> series{twelve(10), twelve(9.5), twelve(8), twelve(12)};
  RaceRules rules{.claim = {}, .baseline = 0};
  CHECK(rule(series, rules).lost == Indexes{1, 3});
  rules.bystanders = {2, 3};
  CHECK(rule(series, rules).lost.empty());
  CHECK(rule(series, rules).settled);
  series[3].samples.resize(2);
  series[3].rounds.resize(2);
  CHECK_FALSE(rule(series, rules).settled);
}

TEST_CASE("two that are compared with each other must be known by this, too") {
  std::vector<Series> series{twelve(10), twelve(8), twelve(8)};
  for (std::size_t i = 0; i < 12; ++i) series[1 + i % 2].samples[i].wall += std::chrono::microseconds(200);
  RaceRules rules{.claim = {}, .baseline = 0};
  rules.bystanders = {1, 2};
  CHECK(rule(series, rules).settled);
  rules.pairs = {{1, 2}};
  CHECK_FALSE(rule(series, rules).settled);
  series[1].lost = true;
  CHECK(rule(series, rules).settled);
}

TEST_CASE("the time that is left must pay for those that are no candidates, too") {
  std::vector<Series> series{twelve(10), twelve(9), twelve(9.4), twelve(50)};
  for (std::size_t i = 0; i < 12; ++i) series[2].samples[i].wall += std::chrono::microseconds(300 * (i % 4));
  RaceRules rules{.claim = {}, .baseline = 0};
  // The most time that is too little for all.
  const auto too_little = [&] {
    std::chrono::milliseconds most{};
    for (auto left = std::chrono::milliseconds(10); left < std::chrono::seconds(60); left += left / 10)
      if (rule(series, rules, {left, std::chrono::hours(1)}).lost == Indexes{2}) most = left;
    return most;
  };
  rules.bystanders = {3};
  const auto with = too_little();
  series.pop_back();
  rules.bystanders.clear();
  const auto without = too_little();
  CHECK(without > std::chrono::milliseconds(0));
  CHECK(2 * with > 3 * without);
}

TEST_CASE("without racing nobody is lost") {
  RaceRules rules{.claim = {}, .baseline = 0};
  rules.drop = false;
  CHECK(rule({twelve(10), twelve(9), twelve(12)}, rules).lost.empty());
}

TEST_CASE("where only thresholds count, a race ends once none is open, whatever else could be known") {
  std::vector<Series> series{twelve(10), twelve(10)};
  for (std::size_t i = 0; i < 12; ++i) series[1].samples[i].wall += Nanoseconds(50'000 * (i + 1) * (i % 3));
  for (auto& sample : series[1].samples) sample.peak_rss = Bytes{1000};
  for (auto& sample : series[0].samples) sample.peak_rss = Bytes{1000};
  RaceRules rules{.claim = {}, .baseline = 0};
  rules.only_thresholds = true;
  rules.drop = false;
  const auto settled = [&](Quantity quantity, double at, double floor = 0) {
    rules.thresholds = {{.of = 1, .to = 0, .quantity = quantity, .at = at, .floor = floor}};
    return rule(series, rules).settled;
  };
  CHECK(settled(Quantity::wall, 50));
  CHECK_FALSE(settled(Quantity::wall, 3));
  CHECK(settled(Quantity::wall, 3, 0.005));
  CHECK(settled(Quantity::memory, 1));
  series[1].samples[3].peak_rss = Bytes{2000};
  CHECK_FALSE(settled(Quantity::memory, 1));
  CHECK(settled(Quantity::memory, 1, 1200));
}

TEST_CASE("a control that is told apart from the baseline is said") {
  const RaceRules rules{.claim = {}, .baseline = 0, .control = 2};
  CHECK(rule({twelve(10), twelve(9), twelve(10.5)}, rules).biased);
  CHECK(rule({twelve(10), twelve(9), twelve(9.5)}, rules).biased);
}

TEST_CASE(
    "an effect is below the noise while two copies may differ as much, however noisy single rounds are") {
  Control control{.against_baseline = {}, .noise_floor_pct = 5.7};
  CHECK(standing_of(-4, control) == Standing::below_floor);  // too few rounds to know what the copy does
  CHECK(standing_of(-6, control) == Standing::holds);
  control.against_baseline.lo_pct = -0.2;
  control.against_baseline.hi_pct = 0.95;
  CHECK(standing_of(-4, control) == Standing::holds);
  CHECK(standing_of(-0.9, control) == Standing::below_floor);
  control.against_baseline.lo_pct = 0.1;
  CHECK(standing_of(-0.9, control) == Standing::within_bias);
  CHECK(standing_of(-4, control) == Standing::holds);
}

TEST_CASE("what failed or was lost before has no say any more") {
  std::vector<Series> series{twelve(10), twelve(5), twelve(9), twelve(12)};
  series[1].failure = "round 12: exit code 1";
  series[3].lost = true;
  const Ruling ruling = rule(series, {.claim = {}, .baseline = 0});
  CHECK(ruling.lost.empty());
  CHECK(ruling.settled);
}

TEST_CASE("a comparison is settled when its interval is narrow, or within the precision") {
  const Claim claim;
  const auto interval = [](double lo, double effect, double hi) {
    Comparison comparison;
    comparison.lo_pct = lo;
    comparison.effect_pct = effect;
    comparison.hi_pct = hi;
    return comparison;
  };
  CHECK(is_settled(interval(-12, -10, -8.5), claim));
  CHECK_FALSE(is_settled(interval(-14, -10, -6), claim));
  CHECK(is_settled(interval(-1.9, -1.5, -1.1), claim));
  CHECK_FALSE(is_settled(interval(-1.9, -1.3, -0.4), claim));
  CHECK(is_settled(interval(-0.9, -0.1, 0.8), claim));
  CHECK_FALSE(is_settled(interval(-1.1, -0.1, 0.8), claim));
  CHECK_FALSE(is_settled({}, claim));
}

TEST_CASE("what a threshold is about stays until it is on one side of it, and the race with it") {
  std::vector<Series> series{twelve(10), twelve(9), twelve(12)};
  for (std::size_t i = 0; i < 12; ++i) series[2].samples[i].wall += Nanoseconds(10'000 * (i % 3));
  RaceRules rules{.claim = {}, .baseline = 0};
  CHECK(rule(series, rules).lost == Indexes{2});
  const auto ruled_at = [&](Threshold threshold) {
    rules.thresholds = {threshold};
    return rule(series, rules);
  };
  using Index = std::optional<std::size_t>;
  for (const Threshold& open :
       {Threshold{Index(2), Index(0), Quantity::wall, 20.1}, Threshold{Index(2), {}, Quantity::wall, 0.01202},
        Threshold{Index(2), Index(0), Quantity::wall, 1, 0.002011}}) {
    CHECK(ruled_at(open).lost.empty());
    CHECK_FALSE(ruled_at(open).settled);
  }
  for (const Threshold& closed :
       {Threshold{Index(2), Index(0), Quantity::wall, 10}, Threshold{Index(2), {}, Quantity::wall, 0.013},
        Threshold{{}, {}, Quantity::wall, 0.010}}) {
    CHECK(ruled_at(closed).lost == Indexes{2});
    CHECK(ruled_at(closed).settled);
  }
  const Threshold of_leader{{}, Index(0), Quantity::wall, -9.9935};
  CHECK(ruled_at(of_leader).lost == Indexes{2});
  CHECK_FALSE(ruled_at(of_leader).settled);
  series[2].failure = "round 3: exit code 1";
  CHECK(ruled_at({Index(2), Index(0), Quantity::wall, 20.1}).settled);
}
