// How long the report of a run is on a terminal: nobody reads ninety lines for an answer.

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "report/formats.h"
#include "report/results.h"

using namespace pgo_orch;
using namespace pgo_orch::report;

namespace {

Comparison comparison(Metric metric, const std::string& variant, const std::optional<std::string>& workload,
                      double effect) {
  Comparison made;
  made.metric = metric;
  made.workload = workload;
  made.variant = variant;
  made.to = "v0";
  made.effect = effect;
  made.lo = effect - 1;
  made.hi = effect + 1;
  made.verdict = effect < -1 ? Verdict::faster : Verdict::unresolved;
  made.rounds = 92;
  made.rounds_needed = 100;
  made.time_needed = std::chrono::seconds(30);
  if (effect < -1) made.flags = {Flag::floor, Flag::bimodal};
  return made;
}

/// A run with much to say of each variant and workload.
Results run_of(int variants, int workloads) {
  Results results;
  results.baseline = "v0";
  results.project.name = "project";
  results.project.path = "/p/pgo.toml";
  results.recommendation =
      "v1 is 12.0 % faster than v0 [11.1, 12.8]; its build takes 2.3 times as long [2.20, 2.41]; but it is "
      "0.9 % "
      "slower in w2. Use it.";
  results.recommended = "v1";
  for (int v = 0; v < variants; ++v) {
    VariantResult row;
    row.name = "v" + std::to_string(v);
    row.artifacts.push_back(
        {"program", "/p/.pgo-orch/variants/" + row.name + "/bin/program", Bytes{3'000'000}});
    row.build.emplace();
    row.build->wall = std::chrono::seconds(40 + v);
    if (v % 2 == 1) {
      row.pgo.emplace();
      row.pgo->functions_matched = 990;
      row.pgo->functions_missing = 10;
      row.pgo->coverage = 0.99;
      for (int w = 0; w < workloads; ++w)
        row.pgo->workloads.push_back({"w" + std::to_string(w), 1, Bytes{1}});
    }
    results.variants.push_back(row);
  }
  for (int w = 0; w < workloads; ++w) {
    Benchmark benchmark;
    benchmark.workload = "w" + std::to_string(w);
    benchmark.rounds = 92;
    benchmark.noise_floor = 1.2;
    benchmark.control = Control{0.1, -0.5, 0.7};
    for (int v = 0; v < variants; ++v) {
      Samples samples;
      samples.variant = "v" + std::to_string(v);
      samples.times.assign(92, std::chrono::milliseconds(26 - v % 2));
      samples.memory.assign(92, Bytes{4'000'000});
      benchmark.results.push_back(samples);
    }
    results.benchmarks.push_back(benchmark);
  }
  for (int v = 1; v < variants; ++v) {
    const std::string name = "v" + std::to_string(v);
    const double effect = v % 2 == 1 ? -12 : 0.3;
    for (const auto& benchmark : results.benchmarks)
      for (const Metric metric : {Metric::runtime, Metric::cpu, Metric::memory})
        results.comparisons.push_back(comparison(metric, name, benchmark.workload, effect));
    if (workloads > 1) results.comparisons.push_back(comparison(Metric::runtime, name, std::nullopt, effect));
    for (const Metric metric : {Metric::build, Metric::size})
      results.comparisons.push_back(comparison(metric, name, std::nullopt, 20));
  }
  results.best.runtime = {{"", {"v1"}}, {"w0", {"v1"}}};
  results.host.warnings = {"a virtual machine", "another program takes 40 % of the CPUs"};
  results.notes = {"each build was timed once", "references ran in some of the 92 rounds"};
  return results;
}

std::ptrdiff_t lines(const Results& results) {
  const std::string text = to_terminal(results, {.width = 80, .folder = "/p"});
  CAPTURE(text);
  CHECK(text.starts_with("v1 is 12.0 % faster than v0"));
  CHECK(text.find(".pgo-orch/variants/v1/bin/program") != std::string::npos);
  CHECK(text.find("pgo-orch plan --variant v1 --format sh") != std::string::npos);
  return std::ranges::count(text, '\n');
}

}  // namespace

TEST_CASE("three variants and a workload take at most twenty lines of eighty columns") {
  CHECK(lines(run_of(3, 1)) <= 20);
}

TEST_CASE("eight variants and three workloads take at most forty-five") {
  CHECK(lines(run_of(8, 3)) <= 45);
}
