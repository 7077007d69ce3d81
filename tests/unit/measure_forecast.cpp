#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "measure/statistics/forecast.h"
#include "measure/statistics/intervals.h"

using namespace pgo_orch::measure;

namespace {

/// The differences of two copies of a program, normal with this deviation.
Differences normal_noise(int rounds, double sigma) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> draw(0, sigma);
  Differences noise;
  for (int round = 1; round <= rounds; ++round) noise.emplace(round, draw(random));
  return noise;
}

constexpr Claim one_claim{};

/// The first look with a power of 80 %, where the signed-rank test has 3/pi of the efficiency of the mean.
int by_formula(double sigma, double shift) {
  for (int rounds = first_look(one_claim.alpha());; rounds = next_look(rounds)) {
    const double z = normal_quantile_above(latest_look(rounds, one_claim.alpha())->alpha / 2) + 0.84;
    if (rounds >= std::pow(z * sigma / shift, 2) / 0.955) return rounds;
  }
}

}  // namespace

TEST_CASE("a forecast agrees with the formula for normal noise, to the next look or the one before") {
  for (const double sigma : {0.01, 0.03, 0.06}) {
    CAPTURE(sigma);
    const auto noise = normal_noise(400, sigma);
    const auto forecast = rounds_to_show(noise, 0.03, one_claim, 5000).by_four_in_five;
    const int formula = by_formula(sigma, std::log1p(0.03));
    REQUIRE(forecast);
    CHECK(*forecast <= next_look(formula));
    CHECK(next_look(*forecast) >= formula);
  }
}

TEST_CASE("a forecast keeps its promise: one, then four of five new series show the difference by then") {
  const auto needed = rounds_to_show(normal_noise(400, 0.04), 0.03, one_claim, 5000);
  REQUIRE(needed.by_four_in_five);
  REQUIRE(needed.by_one_in_five);
  std::mt19937_64 random(11);
  std::normal_distribution<double> draw(std::log1p(0.03), 0.04);
  int soon = 0, late = 0;
  for (int series = 0; series < 200; ++series) {
    Differences differences;
    bool shown = false;
    for (int round = 1; round <= *needed.by_four_in_five; ++round) {
      differences.emplace(round, draw(random));
      shown |= next_look(round - 1) == round && compare(differences, one_claim).verdict == Verdict::slower;
      soon += shown && round == *needed.by_one_in_five ? 1 : 0;
    }
    late += shown ? 1 : 0;
  }
  CHECK(soon >= 20);
  CHECK(soon <= 100);
  CHECK(late >= 140);
}

TEST_CASE("that the two copies of the A/A pair differed by chance does not change a forecast") {
  const auto noise = normal_noise(400, 0.03);
  for (const double luck : {-0.01, 0.01, 0.02}) {
    Differences lucky = noise;
    for (auto& [round, difference] : lucky) difference.value += luck;
    CHECK(rounds_to_show(lucky, 0.03, one_claim, 5000).by_four_in_five ==
          rounds_to_show(noise, 0.03, one_claim, 5000).by_four_in_five);
  }
}

TEST_CASE("smaller differences and more noise take longer, and what is out of reach is not promised") {
  const auto late = [](const Differences& noise, double effect, int most = 5000) {
    return rounds_to_show(noise, effect, one_claim, most).by_four_in_five;
  };
  const auto quiet = normal_noise(200, 0.01), loud = normal_noise(200, 0.05);
  CHECK(*late(quiet, 0.03) < *late(quiet, 0.01));
  CHECK(*late(quiet, 0.03) < *late(loud, 0.03));
  CHECK_FALSE(late(loud, 0.01, 100));
  CHECK_FALSE(late(normal_noise(19, 0.01), 0.03));
}
