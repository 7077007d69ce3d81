#include <doctest/doctest.h>

#include "measure/statistics/intervals.h"
#include "measure/statistics/series.h"
#include "measure/statistics/statistics.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using doctest::Approx;

TEST_CASE("median, mean, deviation and MAD of worked numbers") {
  const std::vector<double> values = {2, 4, 4, 4, 5, 5, 7, 9};
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median(values) == 4.5);
  CHECK(median({7}) == 7);
  CHECK(mean(values) == 5);
  CHECK(standard_deviation(values) == Approx(2.13809).epsilon(1e-6));  // sqrt(32 / 7)
  CHECK(standard_deviation({7}) == 0);
  CHECK(median_absolute_deviation({1, 1, 2, 2, 4, 6, 9}) == 1);
}

TEST_CASE("normal quantiles are those of the tables") {
  CHECK(normal_quantile_above(.5) == Approx(0).epsilon(1e-9));
  CHECK(normal_quantile_above(.2) == Approx(0.8416212).epsilon(1e-6));
  CHECK(normal_quantile_above(.025) == Approx(1.9599640).epsilon(1e-7));
  CHECK(normal_quantile_above(.005) == Approx(2.5758293).epsilon(1e-7));
  CHECK(normal_quantile_above(1e-9) == Approx(5.9978070).epsilon(1e-7));
}

TEST_CASE("medians of groups keep the order and lose no value's group") {
  CHECK(group_medians({1, 2, 3}, 3) == std::vector<double>{1, 2, 3});
  CHECK(group_medians({1, 2, 9, 4, 5, 6, 7}, 3) == std::vector<double>{1.5, 6.5, 6});  // sizes 2, 2, 3
}

TEST_CASE("a summary holds a series' figures") {
  Series series{.name = "a", .rounds = {1, 2, 3}, .samples = {}, .failure = {}};
  for (const int ms : {10, 40, 10}) {
    Sample sample;
    sample.wall = std::chrono::milliseconds(ms);
    sample.user = std::chrono::milliseconds(ms / 2);
    sample.system = std::chrono::milliseconds(1);
    sample.peak_rss = Bytes{static_cast<std::uint64_t>(ms) * 1000};
    series.samples.push_back(sample);
  }
  const Summary summary = summarize(series);
  CHECK(summary.runs == 3);
  CHECK(summary.mean == Nanoseconds(20'000'000));
  CHECK(summary.median == Nanoseconds(10'000'000));
  CHECK(summary.stddev == Nanoseconds(17'320'508));
  CHECK(summary.min == Nanoseconds(10'000'000));
  CHECK(summary.max == Nanoseconds(40'000'000));
  CHECK(summary.user == Nanoseconds(10'000'000));
  CHECK(summary.system == Nanoseconds(1'000'000));
  CHECK(summary.median_memory == Bytes{10'000});
  CHECK(summary.max_memory == Bytes{40'000});
  CHECK(summarize({}).runs == 0);
}
