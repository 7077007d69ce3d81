#pragma once
// Runs with made up times, and what is decided about them.

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/judge/decide.h"

namespace pgo_orch::orchestrator::timed_test {

using report::Metric;
using report::Verdict;

/// So many rounds of about these milliseconds. `phase` makes the small noise of two series differ.
inline measure::Series series(measure::ContenderId id, double milliseconds, int rounds = 40, int phase = 0) {
  measure::Series made{.id = id};
  for (int round = 1; round <= rounds; ++round) {
    measure::Sample sample;
    sample.end = measure::End::exited;
    sample.exit_code = 0;
    const double noise = 1 + 0.0005 * (((round + phase) * 7) % 11 - 5);
    sample.wall = Nanoseconds(std::llround(1e6 * milliseconds * noise));
    sample.user = sample.wall;
    sample.peak_rss = Bytes{1'000'000};
    made.rounds.push_back(round);
    made.samples.push_back(sample);
  }
  return made;
}

struct Variant {
  std::string name;
  double build_seconds = 1;
  std::uint64_t size = 1000;
  bool portable = true;
};

/// A run of these variants, of which the first is the baseline.
struct Run {
  explicit Run(const std::vector<Variant>& variants) {
    results.baseline = variants.front().name;
    for (const auto& variant : variants) {
      report::VariantResult row;
      row.name = variant.name;
      row.portable = variant.portable;
      row.artifacts.push_back({"fib", "/bin/fib", Bytes{variant.size}, {}, "", "code of " + variant.name});
      report::Build build;
      build.wall = Nanoseconds(std::llround(1e9 * variant.build_seconds));
      build.runs = {*build.wall};
      row.build = build;
      results.variants.push_back(row);
    }
  }

  /// Milliseconds of the variants in their order, in a workload.
  Run& timed(const std::string& workload, const std::vector<double>& milliseconds, int weight = 1) {
    orchestrator::Workload config_workload;
    config_workload.name = workload;
    config_workload.weight = weight;
    config.workloads.push_back(config_workload);
    report::Benchmark benchmark;
    benchmark.workload = workload;
    results.benchmarks.push_back(benchmark);
    auto& measured = measurements[workload];
    measured.rounds = 40;
    for (std::size_t i = 0; i < milliseconds.size(); ++i)
      measured.series.push_back(series(i, milliseconds[i], 40, static_cast<int>(i)));
    return *this;
  }

  /// Seconds of builds in rounds.
  Run& built(const std::vector<double>& seconds, int rounds) {
    builds.rounds = rounds;
    for (std::size_t i = 0; i < seconds.size(); ++i)
      builds.series.push_back(series(i, 1000 * seconds[i], rounds, static_cast<int>(3 * i)));
    return *this;
  }

  report::Results& decided() {
    const Timings timings{measurements, builds};
    static_cast<report::Verdicts&>(results) = compare_with_baseline(config, timings, results);
    results.best = rank(config, timings, results, results);
    results.recommendation = recommend(results, results, results.precision);
    return results;
  }

  const report::Comparison& comparison(Metric metric, const std::string& variant,
                                       const std::optional<std::string>& workload = std::nullopt) const {
    return *std::ranges::find_if(results.comparisons, [&](const auto& each) {
      return each.metric == metric && each.variant == variant && each.workload == workload;
    });
  }

  Config config;
  measure::Measurements measurements;
  measure::Measured builds;
  report::Results results;
};

}  // namespace pgo_orch::orchestrator::timed_test
