#include "measure/statistics/forecast.h"

#include <cmath>
#include <random>
#include <vector>

#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {

namespace {

constexpr int block = 10;
constexpr int resamples = 60;
constexpr double wanted_power = 0.8;

/// So many differences, in blocks from random places; the same ones for the same numbers.
Differences drawn(const std::vector<double>& noise, int rounds, double shift, int number) {
  std::mt19937_64 random(static_cast<std::uint64_t>(rounds) * 1000 + static_cast<std::uint64_t>(number));
  const auto places = noise.size() - block + 1;
  Differences series;
  for (int round = 1; round <= rounds;) {
    const auto from = random() % places;
    for (std::size_t i = 0; i < block && round <= rounds; ++i, ++round)
      series.emplace(round, noise[from + i] + shift);
  }
  return series;
}

/// Most numbers of rounds are out of the question after a few series.
bool is_usually_shown(const std::vector<double>& noise, int rounds, double shift, const Claim& claim) {
  int missed = 0;
  for (int number = 0; number < resamples; ++number) {
    const auto series = drawn(noise, rounds, shift, number);
    if (compare(series, claim).verdict != Verdict::slower) ++missed;
    if (missed > (1 - wanted_power) * resamples) return false;
  }
  return true;
}

}  // namespace

std::optional<int> rounds_to_show(const Differences& noise, double effect, const Claim& claim, int most) {
  std::vector<double> values;
  for (const auto& [round, difference] : noise) values.push_back(difference.value);
  if (values.size() < 2 * block) return std::nullopt;
  const double center = median(values);
  for (double& value : values) value -= center;
  for (int rounds = next_look(0); rounds <= most; rounds = next_look(rounds)) {
    if (is_usually_shown(values, rounds, std::log1p(effect), claim)) return rounds;
  }
  return std::nullopt;
}

}  // namespace pgo_orch::measure
