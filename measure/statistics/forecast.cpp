#include "measure/statistics/forecast.h"

#include <cmath>
#include <random>
#include <vector>

#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {

namespace {

constexpr std::size_t block = 10;
constexpr int resamples = 30;

/// Endless series, drawn in blocks from random places; the same ones for the same number.
class Drawn {
 public:
  Drawn(const std::vector<double>& noise, double shift, int number)
      : noise_(&noise), shift_(shift), random_(static_cast<std::uint64_t>(number)) {}

  /// The first `rounds` differences; never fewer than before.
  const Differences& first(int rounds) {
    while (round_ <= rounds) {
      if (left_ == 0) {
        place_ = random_() % (noise_->size() - block + 1);
        sign_ = random_() % 2 == 0 ? 1 : -1;
        left_ = block;
      }
      series_.emplace(round_++, sign_ * (*noise_)[place_++] + shift_);
      --left_;
    }
    return series_;
  }

 private:
  const std::vector<double>* noise_;
  double shift_;
  std::mt19937_64 random_;
  Differences series_;
  int round_ = 1;
  std::size_t place_ = 0, left_ = 0;
  double sign_ = 1;
};

}  // namespace

RoundsNeeded rounds_to_show(const Differences& noise, double effect, const Claim& claim, int most) {
  std::vector<double> values;
  for (const auto& [round, difference] : noise) values.push_back(difference.value);
  if (values.size() < 2 * block) return {};
  const double center = median(values);
  for (double& value : values) value -= center;
  std::vector<Drawn> open;
  for (int number = 0; number < resamples; ++number) open.emplace_back(values, std::log1p(effect), number);
  RoundsNeeded needed;
  for (int rounds = next_look(0); rounds <= most; rounds = next_look(rounds)) {
    std::erase_if(
        open, [&](Drawn& series) { return compare(series.first(rounds), claim).verdict == Verdict::slower; });
    const auto shown = resamples - static_cast<int>(open.size());
    if (shown >= resamples / 5 && !needed.by_one_in_five) needed.by_one_in_five = rounds;
    if (shown >= resamples * 4 / 5) {
      needed.by_four_in_five = rounds;
      break;
    }
  }
  return needed;
}

}  // namespace pgo_orch::measure
