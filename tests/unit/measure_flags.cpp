#include "measure/statistics/verdict.h"

#include <doctest/doctest.h>

#include <random>

#include "measure/statistics/statistics.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using Flags = std::vector<Flag>;

namespace {

/// Times in milliseconds, a round each; the CPU takes `cpu` of them.
Series series_of(const std::vector<double>& wall, double cpu = 1) {
  Series series;
  for (const double ms : wall) {
    Sample sample;
    sample.end = End::exited;
    sample.exit_code = 0;
    sample.wall = Nanoseconds(static_cast<std::int64_t>(1e6 * ms));
    sample.user = Nanoseconds(static_cast<std::int64_t>(1e6 * ms * cpu));
    series.rounds.push_back(static_cast<int>(series.rounds.size()) + 1);
    series.samples.push_back(sample);
  }
  return series;
}

Flags flags(const Series& baseline, const Series& variant) {
  return flags_of(baseline, variant, compare(baseline, variant, {}), {});
}

const std::vector<double> tens(27, 10), nines(27, 9);

}  // namespace

TEST_CASE("a plain claim has no flag, and what claims nothing neither") {
  CHECK(flags(series_of(tens), series_of(nines)).empty());
  CHECK(flags(series_of(tens), series_of(tens, 3)).empty());
}

TEST_CASE("less wall time for more CPU time is said") {
  CHECK(flags(series_of(tens), series_of(nines, 2)) == Flags{Flag::cpu_differs});
}

TEST_CASE("a mean that a few long runs turn round is said") {
  auto times = nines;
  times[3] = times[17] = 60;
  CHECK(flags(series_of(tens), series_of(times)) == Flags{Flag::mean_differs});
}

TEST_CASE("times in two groups are said") {
  auto times = nines;
  for (std::size_t i = 0; i < times.size(); i += 2) times[i] = 8;
  for (std::size_t i = 0; i < times.size(); ++i) times[i] += 0.01 * static_cast<double>(i % 5);
  CHECK(flags(series_of(tens), series_of(times)) == Flags{Flag::bimodal});
}

TEST_CASE("one group is not called two, whether normal, uniform or with a tail") {
  std::mt19937 random(7);
  std::vector<double> normal(200), uniform(200), tail(200);
  for (double& value : normal) value = std::normal_distribution<double>(5, 1)(random);
  for (double& value : uniform) value = std::uniform_real_distribution<double>(0, 1)(random);
  for (double& value : tail) value = std::exponential_distribution<double>(1)(random);
  CHECK_FALSE(is_bimodal(normal));
  CHECK_FALSE(is_bimodal(uniform));
  CHECK_FALSE(is_bimodal(tail));
  CHECK_FALSE(is_bimodal(std::vector<double>(50, 3)));
  CHECK_FALSE(is_bimodal({1, 1, 1, 9, 9, 9}));
}
