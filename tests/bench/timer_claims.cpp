// How often the real thing is wrong: trials of rounds with two copies of one program, and with one that does
// 2 % more. Prints one line of JSON. Targets: false claims in at most 5 % of the trials, no wrong sign.
// Usage: bench_timer_claims [trials [rounds [steps]]]

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "measure/rounds.h"
#include "measure/timer_sampler.h"
#include "measure/verdict.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;

namespace {

Contender steps(const std::string& name, long count) {
  const auto run = [count](const std::filesystem::path& copy) {
    RunSpec spec;
    spec.executable = copy;
    spec.argv = {"program", std::to_string(count)};
    return spec;
  };
  return {.name = name, .executable = EMPTY_PROGRAM, .run = run};
}

}  // namespace

int main(int argc, char** argv) {
  const int trials = argc > 1 ? std::atoi(argv[1]) : 40;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 100;
  const long count = argc > 3 ? std::atol(argv[3]) : 10'000'000;
  const std::vector<Contender> contenders = {steps("baseline", count), steps("control", count),
                                             steps("slower", count + count / 50)};
  TimerSampler sampler(TIMER_PATH);
  RoundsOptions options;
  options.scratch = std::filesystem::temp_directory_path() / ("pgo-orch-claims-" + std::to_string(getpid()));
  options.budget = {.time = std::chrono::hours(1), .min_rounds = rounds, .max_rounds = rounds};
  int false_claims = 0, found = 0, wrong_sign = 0;
  double truth = 0;
  Nanoseconds time{};
  for (int trial = 0; trial < trials; ++trial) {
    options.seed = static_cast<std::uint64_t>(trial);
    options.on_round = [&](const Progress& progress) {
      time += progress.round == rounds ? progress.spent : time.zero();
    };
    const auto measured = measure_rounds(contenders, sampler, options);
    const Claim claim{.confidence = 0.95, .claims = 1, .precision = 0};
    const auto control = compare(measured.series[0], measured.series[1], claim);
    const auto slower = compare(measured.series[0], measured.series[2], claim);
    false_claims += control.verdict != Verdict::unresolved;
    found += slower.verdict == Verdict::slower;
    wrong_sign += slower.verdict == Verdict::faster;
    truth += slower.effect_pct.value_or(0) / trials;
  }
  std::filesystem::remove_all(options.scratch);
  std::printf(
      "{\"bench\": \"timer_claims\", \"trials\": %d, \"rounds\": %d, \"false_claims\": %d, \"found\": %d, "
      "\"wrong_sign\": %d, \"mean_effect_pct\": %.3f, \"seconds_a_trial\": %.2f}\n",
      trials, rounds, false_claims, found, wrong_sign, truth, seconds(time) / trials);
}
