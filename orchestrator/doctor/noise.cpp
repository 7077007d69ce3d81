#include "orchestrator/doctor/noise.h"

#include <algorithm>

#include "measure/rounds/race.h"
#include "measure/statistics/forecast.h"
#include "measure/statistics/series.h"
#include "toolchains/host.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using measure::Quantity;

namespace {

constexpr Nanoseconds typical_run = std::chrono::milliseconds(20);
constexpr unsigned long first_units = 5000;
constexpr double effects[] = {0.03, 0.01};

/// A run of two programs also runs a copy of the baseline in some rounds.
constexpr double round_with_control = (2 + 1.0 / measure::control_every) / 2;

measure::RunSpec spec_of(const fs::path& timer, unsigned long units) {
  return {.executable = timer, .argv = {timer.string(), "--work", std::to_string(units)}, .cwd = "/"};
}

/// Work that takes about as long as a typical run.
unsigned long calibrated(measure::Sampler& sampler, const fs::path& timer, std::string& failure) {
  Nanoseconds shortest = Nanoseconds::max();
  for (int i = 0; i < 5; ++i) {
    const auto sample = sampler.run(spec_of(timer, first_units));
    if (sample.end != toolchains::End::exited || sample.exit_code != 0) {
      failure = describe(sample);
      return 0;
    }
    shortest = std::min(shortest, sample.wall);
  }
  return first_units * static_cast<unsigned long>(typical_run.count()) /
         static_cast<unsigned long>(std::max<std::int64_t>(1, shortest.count()));
}

constexpr std::size_t enough_for_halves = 80;

/// The differences of rounds in [from, to).
measure::Differences part_of(const measure::Differences& noise, int from, int to) {
  return {noise.lower_bound(from), noise.lower_bound(to)};
}

/// By each half of the series, the widest: what changed within these seconds can change again.
measure::RoundsNeeded widest(const measure::Differences& noise, double effect, const measure::Claim& claim,
                             int most) {
  if (noise.size() < enough_for_halves) return rounds_to_show(noise, effect, claim, most);
  const int end = noise.rbegin()->first + 1, middle = end / 2;
  const auto first = rounds_to_show(part_of(noise, 0, middle), effect, claim, most);
  const auto second = rounds_to_show(part_of(noise, middle, end), effect, claim, most);
  const auto sooner = [](const std::optional<int>& a, const std::optional<int>& b) {
    return a && (!b || *a < *b);
  };
  return {
      sooner(first.by_one_in_five, second.by_one_in_five) ? first.by_one_in_five : second.by_one_in_five,
      sooner(first.by_four_in_five, second.by_four_in_five) ? second.by_four_in_five : first.by_four_in_five};
}

TimeNeeded time_to_show(const measure::Differences& noise, double effect, const measure::Claim& claim,
                        Nanoseconds round) {
  const auto most = static_cast<int>(longest_forecast / round);
  const auto needed = widest(noise, effect, claim, most);
  const auto time_of = [&](const std::optional<int>& rounds) {
    return rounds ? std::optional(round * *rounds) : std::nullopt;
  };
  return {time_of(needed.by_one_in_five), time_of(needed.by_four_in_five)};
}

}  // namespace

Noise measure_noise(measure::Sampler& sampler, const fs::path& timer, const fs::path& scratch,
                    Nanoseconds time, const Claims& claims) {
  Noise noise;
  const unsigned long units = calibrated(sampler, timer, noise.failure);
  if (!noise.failure.empty()) return noise;
  const auto copy = [&](const char* name, measure::ContenderId id) {
    return measure::Contender{.name = name,
                              .id = id,
                              .executable = timer,
                              .run = [units](const fs::path& program) { return spec_of(program, units); },
                              .expected_exit_codes = {}};
  };
  Nanoseconds spent{};
  measure::RoundsOptions options;
  options.scratch = scratch;
  options.budget.time = time;
  options.on_round = [&](const measure::Progress& progress) { spent = progress.spent; };
  const auto before = toolchains::host_counters();
  const auto measured = measure::measure_rounds({copy("a", 0), copy("b", 1)}, sampler, options);
  noise.disturbances = toolchains::disturbances(before, toolchains::host_counters());
  noise.rounds = measured.rounds;
  if (measured.interrupted || measured.rounds == 0) {
    noise.failure = measured.interrupted ? "interrupted" : measured.series.front().failure;
    return noise;
  }
  const auto& a = measured.series[0];
  const auto& b = measured.series[1];
  noise.program = summarize(a).median;
  const auto by_wall = differences(a, b, Quantity::wall);
  const auto by_cpu = differences(a, b, Quantity::cpu);
  noise.floor_pct = noise_floor_pct(by_wall);
  const auto round = std::chrono::duration_cast<Nanoseconds>(spent * round_with_control / measured.rounds);
  for (const double effect : effects)
    noise.forecasts.push_back({effect, time_to_show(by_wall, effect, claims.wall, round),
                               time_to_show(by_cpu, effect, claims.cpu, round)});
  return noise;
}

}  // namespace pgo_orch::orchestrator
