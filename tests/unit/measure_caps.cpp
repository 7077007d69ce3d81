// The cap on how long a run may take, by the baseline's median.

#include <doctest/doctest.h>

#include "measure_rounds_fixture.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::measure::test;
using std::chrono::milliseconds;

TEST_CASE("from the fourth round on no run takes longer than five times the baseline's median") {
  const Scratch scratch;
  ScriptedSampler sampler([](const RunSpec& spec) {
    const Nanoseconds wants = spec.argv[0] == "slow" ? milliseconds(4000) : milliseconds(100);
    if (spec.timeout == Nanoseconds::zero() || wants < spec.timeout) return took(wants);
    Sample sample = took(spec.timeout + milliseconds(1));  // until it is dead
    sample.end = End::timed_out;
    return sample;
  });
  RoundsOptions options = exactly(5, scratch);
  options.capped_by = 0;
  const auto measured = measure_rounds({contender("base"), contender("slow")}, sampler, options);
  CHECK(measured.series[0].samples.back().wall == milliseconds(100));
  CHECK_FALSE(measured.series[0].samples.back().capped);
  CHECK(measured.series[1].failure == "");
  CHECK_FALSE(measured.series[1].samples[2].capped);
  for (const std::size_t round : {3U, 4U}) {
    CHECK(measured.series[1].samples[round].capped);
    CHECK(measured.series[1].samples[round].wall == milliseconds(500));
  }
}

TEST_CASE("a program's own time limit that is shorter than the cap stays a failure") {
  const Scratch scratch;
  ScriptedSampler sampler([runs = 0](const RunSpec& spec) mutable {
    Sample sample = took(milliseconds(100));
    if (++runs > 6) sample.end = End::timed_out;
    CHECK(spec.timeout == milliseconds(200));
    return sample;
  });
  Contender limited = contender("base");
  limited.run = [](const fs::path&) {
    RunSpec spec;
    spec.argv = {"base"};
    spec.timeout = milliseconds(200);
    return spec;
  };
  RoundsOptions options = exactly(8, scratch);
  options.capped_by = 0;
  CHECK(measure_rounds({limited}, sampler, options).series[0].failure == "round 6: timed out");
}

TEST_CASE("the cap is five times the median, and at least 100 ms") {
  Series series;
  CHECK(cap_of(series) == std::nullopt);
  for (const int ms : {1, 50, 50}) series.samples.push_back(took(milliseconds(ms)));
  CHECK(cap_of(series) == milliseconds(250));
  series.samples.push_back(took(milliseconds(1)));
  CHECK(cap_of(series) == std::chrono::microseconds(127'500));
  series.samples.push_back(took(milliseconds(1)));
  CHECK(cap_of(series) == milliseconds(100));
}
