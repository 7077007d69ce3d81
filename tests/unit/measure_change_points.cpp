#include "measure/statistics/change_points.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "measure/statistics/statistics.h"

using namespace pgo_orch::measure;

namespace {

using Values = std::vector<double>;

std::vector<Estimate> with_error(const Values& values, double error) {
  std::vector<Estimate> series;
  for (const double value : values) series.push_back({value, error});
  return series;
}

/// Draws values around levels: their own errors, and what runs differ by beside these.
class Days {
 public:
  explicit Days(std::uint64_t seed) : random_(seed) {}

  std::vector<Estimate> draw(const Values& levels, const Values& errors, double between_runs) {
    std::vector<Estimate> series;
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const double error = errors[i % errors.size()];
      const double own = error * normal_(random_), of_the_day = between_runs * normal_(random_);
      series.push_back({levels[i] + own + of_the_day, error});
    }
    return series;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
};

Values step(std::size_t before, std::size_t after, double size) {
  Values levels(before);
  levels.resize(before + after, size);
  return levels;
}

/// How many of so many series without a change show one.
int false_changes(int series, std::size_t runs, const Values& errors, double between_runs) {
  Days days(17);
  int found = 0;
  for (int i = 0; i < series; ++i)
    found += change_points(days.draw(Values(runs), errors, between_runs)).changes.empty() ? 0 : 1;
  return found;
}

/// Student's t of two groups with equal variances, as the textbooks have it.
struct TwoGroups {
  TwoGroups(const Values& a, const Values& b) {
    const double sizes = static_cast<double>(a.size() + b.size());
    double squares = 0;
    for (const auto* group : {&a, &b})
      for (const double value : *group) squares += std::pow(value - mean(*group), 2);
    difference = mean(b) - mean(a);
    freedom = sizes - 2;
    error = std::sqrt(squares / freedom *
                      (1 / static_cast<double>(a.size()) + 1 / static_cast<double>(b.size())));
  }
  double t() const { return difference / error; }
  double difference = 0, error = 0, freedom = 0;
};

TwoGroups split(const Values& values, std::size_t at) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(at);
  return {Values(values.begin(), middle), Values(middle, values.end())};
}

}  // namespace

TEST_CASE("a series of six, with one place for a change, has one if t is one of a few in a thousand") {
  std::mt19937_64 random(6);
  std::student_t_distribution<double> day(5);
  std::vector<double> chance;
  constexpr int draws = 40'000;
  for (int i = 0; i < draws; ++i) {
    Values values(6);
    for (double& value : values) value = day(random);
    chance.push_back(std::abs(split(values, 3).t()));
  }
  std::ranges::sort(chance, std::greater{});
  const double limit = chance[static_cast<std::size_t>(0.6 * false_change * draws)];
  for (const double factor : {0.8, 0.92, 1.08, 1.2}) {
    const double apart = factor * limit * std::sqrt(2.0 / 3);  // of two groups with a deviation of 1
    const Values values{-1, 0, 1, apart - 1, apart, apart + 1};
    REQUIRE(split(values, 3).t() == doctest::Approx(factor * limit));
    CHECK(change_points(with_error(values, 1e-6)).changes.size() == (factor > 1 ? 1 : 0));
  }
}

TEST_CASE("the place of a single change is where two means leave least, and its interval is Student's") {
  Days days(3);
  int compared = 0;
  for (std::size_t runs = 6; runs <= 14; ++runs) {
    for (std::size_t before = 3; before + 3 <= runs; ++before) {
      const auto series = days.draw(step(before, runs - before, 12), {1e-6}, 1);
      const auto found = change_points(series).changes;
      if (found.size() != 1) continue;
      Values values;
      for (const auto& estimate : series) values.push_back(estimate.value);
      std::size_t best = 3;
      for (std::size_t at = 3; at + 3 <= runs; ++at)
        if (std::abs(split(values, at).t()) > std::abs(split(values, best).t())) best = at;
      const auto groups = split(values, best);
      const double half = student_quantile_above(groups.freedom, 0.025) * groups.error;
      CHECK(found[0].at == best);
      CHECK(found[0].change.estimate == doctest::Approx(groups.difference));
      CHECK(*found[0].change.lo == doctest::Approx(groups.difference - half));
      CHECK(*found[0].change.hi == doctest::Approx(groups.difference + half));
      CHECK(found[0].after.estimate - found[0].before.estimate == doctest::Approx(groups.difference));
      ++compared;
    }
  }
  CHECK(compared >= 25);
}

TEST_CASE("the deviation between runs is what they differ by beyond their errors") {
  CHECK(change_points(with_error({0, 1, 0, 1, 0, 1, 0, 1}, 3)).between_runs == 0);
  const Values values{0, 1, 0, 1, 0, 1, 0, 1};
  const double deviation = standard_deviation(values);
  CHECK(change_points(with_error(values, 0.3)).between_runs ==
        doctest::Approx(std::sqrt(deviation * deviation - 0.09)));
}

TEST_CASE("a series without a change shows one with a probability of one percent at most") {
  // 600 series: 13 or more have a probability under 1 % if the true one is 1 %
  constexpr int series = 600, most = 12;
  SUBCASE("runs that differ as their errors say") {
    CHECK(false_changes(series, 6, {1}, 0) <= most);
    CHECK(false_changes(series, 20, {1}, 0) <= most);
  }
  SUBCASE("runs that differ by much more") {
    CHECK(false_changes(series, 7, {1}, 5) <= most);
    CHECK(false_changes(series, 10, {1}, 5) <= most);
    CHECK(false_changes(series, 20, {0.1}, 5) <= most);
  }
  SUBCASE("some runs were quick ones") {
    CHECK(false_changes(series, 8, {0.4, 0.4, 2}, 1) <= most);
    CHECK(false_changes(series, 20, {0.4, 0.4, 2}, 1) <= most);
    CHECK(false_changes(series, 20, {0.4, 0.4, 2}, 4) <= most);
  }
}

TEST_CASE("days that are off now and then make no more changes than others do") {
  std::mt19937_64 random(21);
  std::student_t_distribution<double> day(5);
  int found = 0;
  for (int i = 0; i < 600; ++i) {
    std::vector<Estimate> series;
    for (int run = 0; run < 20; ++run) series.push_back({day(random), 0.1});
    found += change_points(series).changes.empty() ? 0 : 1;
  }
  CHECK(found <= 12);
}

TEST_CASE("the test does not waste its error") {
  CHECK(false_changes(1000, 10, {0.1}, 5) >= 2);
}

TEST_CASE("a step of 2 % with a deviation of 0.5 % is found, and its intervals cover the truth") {
  Days days(5);
  constexpr int series = 150;
  int found = 0, covered = 0, place = 0, before = 0;
  for (int i = 0; i < series; ++i) {
    const auto changes = change_points(days.draw(step(10, 10, 2), {0.3}, 0.4)).changes;
    if (changes.size() != 1) continue;
    ++found;
    const auto& change = changes[0];
    covered += *change.change.lo <= 2 && 2 <= *change.change.hi ? 1 : 0;
    before += *change.before.lo <= 0 && 0 <= *change.before.hi ? 1 : 0;
    place += change.earliest <= 10 && 10 <= change.latest ? 1 : 0;
    CHECK(change.earliest <= change.at);
    CHECK(change.at <= change.latest);
  }
  CHECK(found >= 142);
  // 95 % of 142: 127 or fewer have a probability under 1 %
  CHECK(covered >= found * 0.9);
  CHECK(before >= found * 0.9);
  CHECK(place >= found * 0.9);
}

TEST_CASE("a step that is hard to see has a place that is known less well") {
  Days days(8);
  const auto width = [&](double size) {
    std::size_t sum = 0;
    for (int i = 0; i < 30; ++i)
      for (const auto& change : change_points(days.draw(step(20, 20, size), {0.5}, 0)).changes)
        sum += change.latest - change.earliest;
    return sum;
  };
  CHECK(width(0.9) > width(3));
}

TEST_CASE("a change that is taken back is two changes, and a staircase several") {
  Days days(2);
  Values levels = step(7, 6, 3);
  levels.resize(20, 0);
  auto changes = change_points(days.draw(levels, {0.2}, 0.3)).changes;
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].at == 7);
  CHECK(changes[1].at == 13);
  CHECK(changes[0].after.estimate == changes[1].before.estimate);
  CHECK(*changes[0].change.lo > 0);
  CHECK(*changes[1].change.hi < 0);
  levels = step(8, 8, 3);
  levels.resize(24, 6);
  changes = change_points(days.draw(levels, {0.2}, 0.3)).changes;
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].at == 8);
  CHECK(changes[1].at == 16);
}

TEST_CASE("one run that is off, or two, even the last ones, are not a change") {
  const Values usual{0.1, -0.2, 0.0, 0.2, -0.1, 0.1, 0.0, -0.1, 0.2, 0.0};
  for (std::size_t at = 0; at < usual.size(); ++at) {
    Values values = usual;
    values[at] = 8;
    CHECK(change_points(with_error(values, 0.1)).changes.empty());
    if (at > 0) values[at - 1] = 8;
    CHECK(change_points(with_error(values, 0.1)).changes.empty());
  }
}

TEST_CASE("what is too short, all alike or out of scale has no change and harms nothing") {
  CHECK(change_points({}).changes.empty());
  CHECK(change_points(with_error({0, 0, 0, 9, 9}, 0.1)).changes.empty());
  CHECK(change_points(with_error(Values(50, 4.0), 0.1)).changes.empty());
  CHECK(change_points(with_error(Values(50, 4.0), 1e-9)).changes.empty());
  CHECK(change_points(with_error({-1e6, 1e6, -1e6, 1e6, -1e6, 1e6}, 1e-4)).changes.empty());
  CHECK(change_points(with_error({0, 0, 0, 5, 5, 5}, 1e-4)).changes.size() == 1);
}

TEST_CASE("the same series has the same answer") {
  Days days(4);
  const auto series = days.draw(step(9, 9, 1.2), {0.3}, 0.4);
  const auto once = change_points(series), again = change_points(series);
  REQUIRE(once.changes.size() == again.changes.size());
  for (std::size_t i = 0; i < once.changes.size(); ++i) {
    CHECK(once.changes[i].earliest == again.changes[i].earliest);
    CHECK(once.changes[i].latest == again.changes[i].latest);
  }
}
