// bench_phases [PAIRS] [MILLISECONDS] [PROGRAM...]: what a run takes, and what its phases add up to, in pairs
// by turns. Prints one line of JSON; the target is a median difference under 0.05 ms on a program of 1 ms.

#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "measure/run_phases/run_phases.h"
#include "measure/statistics/statistics.h"
#include "spin_programs.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;

namespace {

double us(Nanoseconds time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

RunSpec spec_of(int argc, char** argv) {
  RunSpec spec;
  spec.executable = argv[0];
  spec.argv.assign(argv, argv + argc);
  spec.env = {{"PATH", "/usr/bin:/bin"}};
  return spec;
}

struct Pairs {
  std::vector<double> untraced, traced, corrected, difference, stops, watches;
};

void add_pair(Pairs& pairs, TimerSampler& sampler, const RunSpec& spec,
              const toolchains::Landmarks& landmarks, bool traced_first) {
  Sample sample;
  if (!traced_first) sample = sampler.run(spec);
  const Trace trace = sampler.trace(spec, landmarks);
  if (traced_first) sample = sampler.run(spec);
  if (!trace.unavailable.empty() || sample.end != End::exited) {
    std::fprintf(stderr, "bench_phases: %s\n", (trace.unavailable + describe(sample)).c_str());
    std::exit(1);
  }
  const RunPhases phases = phases_of_traces({trace}, landmarks);
  pairs.untraced.push_back(us(sample.wall));
  pairs.traced.push_back(us(trace.end));
  pairs.corrected.push_back(us(phases.total));
  pairs.difference.push_back(us(phases.total - sample.wall));
  pairs.stops.push_back(us(phases.stop_cost));
  pairs.watches.push_back(us(phases.watch_cost));
}

void print(const RunPhases& phases) {
  for (const Phase& phase : phases.phases) {
    std::printf(", \"%s_us\": %.1f", phase.name.c_str(), us(phase.time));
    for (const Phase& part : phase.parts) std::printf(", \"%s\": %.1f", part.name.c_str(), us(part.time));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 200;
  const double milliseconds = argc > 2 ? std::atof(argv[2]) : 1;
  bench::Programs programs(bench::fs::temp_directory_path() / "pgo-orch-bench-phases");
  std::string spin = programs.taking(milliseconds / 1000).string();
  char* own[] = {spin.data()};
  const RunSpec spec = argc > 3 ? spec_of(argc - 3, argv + 3) : spec_of(1, own);
  const auto landmarks = landmarks_of(spec.executable);
  TimerSampler& sampler = programs.sampler();
  std::mt19937 random(std::random_device{}());
  Pairs pairs;
  for (int round = 0; round < rounds; ++round)
    add_pair(pairs, sampler, spec, landmarks, std::bernoulli_distribution()(random));
  std::printf(
      "{\"bench\": \"phases\", \"pairs\": %d, \"untraced_us\": %.1f, \"traced_us\": %.1f, \"corrected_us\": "
      "%.1f, \"median_difference_us\": %.1f, \"stop_us\": %.1f, \"watch_us\": %.1f",
      rounds, median(pairs.untraced), median(pairs.traced), median(pairs.corrected), median(pairs.difference),
      median(pairs.stops), median(pairs.watches));
  std::vector<Trace> traces;
  while (traces.size() < 15) traces.push_back(sampler.trace(spec, landmarks));
  print(phases_of_traces(traces, landmarks));
  std::printf("}\n");
}
