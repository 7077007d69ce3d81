// References beside the variants: in some rounds only, for as long as they take.

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>

#include "measure/rounds/race.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using std::chrono::milliseconds;
namespace fs = std::filesystem;

namespace {

/// Programs that take what is said here, in milliseconds; below zero: they fail.
class Timed : public Sampler {
 public:
  explicit Timed(std::map<std::string, int> times) : times_(std::move(times)) {}
  Sample run(const RunSpec& spec) override {
    const int time = times_.at(spec.argv.front());
    Sample sample;
    sample.end = End::exited;
    sample.exit_code = time < 0 ? 1 : 0;
    sample.wall = milliseconds(std::abs(time));
    if (spec.timeout > Nanoseconds::zero() && sample.wall > spec.timeout) {
      sample.end = End::timed_out;
      sample.wall = spec.timeout;
    }
    return sample;
  }

 private:
  std::map<std::string, int> times_;
};

Contender contender(const std::string& name, bool bystander = false) {
  Contender made;
  made.name = name;
  made.bystander = bystander;
  made.run = [name](const fs::path&) {
    RunSpec spec;
    spec.argv = {name};
    return spec;
  };
  return made;
}

std::vector<Contender> with_reference() {
  return {contender("base"), contender("other"), contender("c", true)};
}

RoundsOptions rounds(int number) {
  RoundsOptions options;
  options.scratch = fs::temp_directory_path() / "pgo-orch-references";
  options.budget = {.time = std::chrono::hours(1), .min_rounds = 3, .max_rounds = number};
  options.seed = 7;
  return options;
}

using Rounds = std::vector<int>;

/// 24 rounds of these milliseconds; a reference's are every fourth.
Series series(double time, int every = 1) {
  Series made;
  for (int round = 1; round <= 24 * every; round += every) {
    Sample sample;
    sample.end = End::exited;
    sample.exit_code = 0;
    sample.wall = Nanoseconds(static_cast<std::int64_t>(1e6 * (time + 0.001 * (round % 7))));
    made.rounds.push_back(round);
    made.samples.push_back(sample);
  }
  return made;
}

}  // namespace

TEST_CASE("a reference runs in the first three rounds and in every fourth from there") {
  Timed sampler({{"base", 10}, {"other", 9}, {"c", 8}});
  const auto measured = measure_rounds(with_reference(), sampler, rounds(16));
  CHECK(measured.rounds == 16);
  CHECK(measured.series[0].rounds.size() == 16);
  CHECK(measured.series[1].rounds.size() == 16);
  CHECK(measured.series[2].rounds == Rounds{1, 2, 3, 7, 11, 15});
}

TEST_CASE("a slow reference runs less often, so that it takes a quarter of the others' time") {
  Timed sampler({{"base", 10}, {"other", 10}, {"c", 50}});
  const auto measured = measure_rounds(with_reference(), sampler, rounds(40));
  CHECK(measured.series[2].rounds == Rounds{1, 13, 25, 37});
}

TEST_CASE("a reference that ran too seldom to say anything runs in as many more rounds") {
  Timed sampler({{"base", 10}, {"other", 10}, {"c", 1000}});
  const auto measured = measure_rounds(with_reference(), sampler, rounds(5));
  CHECK(measured.series[2].rounds == Rounds{1, 6, 7});
  CHECK(measured.series[0].rounds.size() == 7);
  CHECK(measured.rounds == 7);
}

TEST_CASE("the cap on slow programs is not for references") {
  Timed sampler({{"base", 100}, {"other", 900}, {"c", 900}});
  auto options = rounds(12);
  options.capped_by = 0;
  const auto measured = measure_rounds(with_reference(), sampler, options);
  CHECK(measured.series[1].samples.back().capped);
  CHECK(measured.series[1].samples.back().wall == milliseconds(500));
  for (const auto& sample : measured.series[2].samples) {
    CHECK_FALSE(sample.capped);
    CHECK(sample.wall == milliseconds(900));
  }
}

TEST_CASE("a reference that fails drops out, and the others go on") {
  Timed sampler({{"base", 10}, {"other", 10}, {"c", -10}});
  const auto measured = measure_rounds(with_reference(), sampler, rounds(6));
  CHECK(measured.series[2].failure == "warm-up: exit code 1");
  CHECK(measured.series[0].rounds.size() == 6);
}

TEST_CASE("where all variants failed a reference has nobody to be compared with") {
  Timed sampler({{"base", -10}, {"other", -10}, {"c", 10}});
  CHECK(measure_rounds(with_reference(), sampler, rounds(6)).rounds == 0);
}

TEST_CASE("a measurement that goes on gives a reference the rounds that it would have had") {
  Timed sampler({{"base", 10}, {"other", 9}, {"c", 8}});
  const auto first = measure_rounds(with_reference(), sampler, rounds(9));
  auto options = rounds(16);
  options.had = first.series;
  for (std::size_t i = 0; i < 3; ++i) options.had[i].name = with_reference()[i].name;
  CHECK(measure_rounds(with_reference(), sampler, options).series[2].rounds == Rounds{1, 2, 3, 7, 11, 15});
}

TEST_CASE("a reference is never lost and never the leader") {
  const std::vector<Series> slow{series(10), series(9), series(30)};
  RaceRules rules{.claim = {}, .baseline = 0};
  CHECK(rule(slow, rules).lost == std::vector<std::size_t>{2});
  rules.bystanders = {2};
  CHECK(rule(slow, rules).lost.empty());
  const std::vector<Series> fast{series(10), series(9), series(3)};
  CHECK(rule(fast, rules).lost.empty());
}

TEST_CASE("all is known when it is known of references, too") {
  const RaceRules rules{.claim = {}, .baseline = 0, .control = {}, .bystanders = {2}};
  const Series known = series(30, 4);
  Series unknown = known;
  unknown.rounds.resize(3);
  unknown.samples.resize(3);
  std::vector<Series> all{series(10, 1), series(9, 1), known};
  for (auto* each : {&all[0], &all[1]}) {
    for (int round = 25; round <= 96; ++round) {
      each->rounds.push_back(round);
      each->samples.push_back(each->samples[static_cast<std::size_t>(round % 24)]);
    }
  }
  CHECK(rule(all, rules).settled);
  all[2] = unknown;
  CHECK_FALSE(rule(all, rules).settled);
  all[2].failure = "round 4: exit code 1";
  CHECK(rule(all, rules).settled);
}
