// Compares doctor's forecasts with the time that a measurement then needs (the median of five) to show the
// difference between doctor's own program of 20 ms and the same program with 3 % or 1 % more work. Prints a
// line for each case; the last line says how often the need is within a factor of two of the times that
// doctor names. Usage: bench_forecasts

#include "orchestrator/doctor/noise.h"
#include "tests/bench/answers.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::bench;

namespace {

constexpr auto most = orchestrator::longest_forecast;

struct Case {
  double effect;
  Quantity quantity;
  Neighbours neighbours;
};

constexpr int trials = 5;

Claim claim_of(Quantity quantity) {
  return quantity == Quantity::wall ? claim_of_run(2) : claim_of_cpu(2);
}

RunSpec work(const fs::path& timer, double units) {
  return {.executable = timer, .argv = {timer.string(), "--work", fmt::format("{:.0f}", units)}, .cwd = "/"};
}

/// Copies of the timing helper, as `doctor` times it.
Contender working(const std::string& name, double units) {
  return {.name = name, .executable = TIMER_PATH, .run = [units](const fs::path& copy) {
            return work(copy, units);
          }};
}

/// At most `cap`.
double seconds_needed(TimerSampler& sampler, const fs::path& scratch, const Case& one, double units,
                      unsigned seed, double cap) {
  std::vector<Contender> contenders{working("baseline", units), working("slower", units * (1 + one.effect)),
                                    working(control_name, units)};
  contenders.back().every = control_every;
  RoundsOptions options;
  options.scratch = scratch;
  options.budget.time = std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(cap));
  options.budget.max_rounds = 1'000'000;
  options.seed = seed;
  options.referee = [&](const Measured& so_far, Nanoseconds) {
    return Ruling{.lost = {},
                  .settled = tells_apart(
                      compare(so_far.series[0], so_far.series[1], claim_of(one.quantity), one.quantity)),
                  .biased = false};
  };
  const auto start = Clock::now();
  measure_rounds(contenders, sampler, options);
  return seconds_since(start);
}

orchestrator::TimeNeeded forecast(TimerSampler& sampler, const fs::path& scratch, const Case& one) {
  const auto noise = orchestrator::measure_noise(sampler, TIMER_PATH, scratch, std::chrono::seconds(10),
                                                 {claim_of(Quantity::wall), claim_of(Quantity::cpu)});
  for (const auto& each : noise.forecasts) {
    if (each.effect == one.effect)
      return one.quantity == Quantity::wall ? each.by_wall_time : each.by_cpu_time;
  }
  return {};
}

/// That take 20 ms.
double units_of_work(TimerSampler& sampler) {
  constexpr double some = 5000;
  std::vector<double> times;
  for (int i = 0; i < 21; ++i) times.push_back(seconds(sampler.run(work(TIMER_PATH, some)).wall));
  return some * 0.020 / median(times);
}

bool try_case(TimerSampler& sampler, const fs::path& scratch, const Case& one, unsigned seed) {
  const double units = units_of_work(sampler);
  const Load load(one.neighbours);
  const auto time = forecast(sampler, scratch, one);
  const double soon = seconds(time.by_one_in_five.value_or(most)),
               late = seconds(time.by_four_in_five.value_or(most));
  // What takes longer than twice the forecast need not be known to a second.
  const double cap = time.by_four_in_five ? 2 * late : std::max(soon, seconds(most) / 2);
  std::vector<double> needed;
  for (unsigned i = 0; i < trials; ++i)
    needed.push_back(seconds_needed(sampler, scratch, one, units, seed + i, cap));
  std::ranges::sort(needed);
  const double need = median(needed);
  const bool is_right = need >= soon / 2 && (need < cap || !time.by_four_in_five);
  fmt::print("{} % by {} time, {}\t{:.1f} to {}{:.1f} s\t{}{:.1f} s needed (of {}: {:.1f} to {:.1f})\t{}\n",
             100 * one.effect, one.quantity == Quantity::wall ? "run" : "CPU", describe(one.neighbours), soon,
             time.by_four_in_five ? "" : "over ", late, need < cap ? "" : "over ", need, trials,
             needed.front(), needed.back(), is_right ? "right" : "wrong");
  std::fflush(stdout);
  return is_right;
}

}  // namespace

int main() {
  using enum Quantity;
  using enum Neighbours;
  const fs::path folder = fs::temp_directory_path() / fmt::format("pgo-orch-forecasts-{}", getpid());
  fs::create_directories(folder);
  TimerSampler sampler(TIMER_PATH);
  const Case cases[] = {{0.03, wall, none},        {0.01, wall, none},       {0.03, cpu, none},
                        {0.01, cpu, none},         {0.03, wall, none},       {0.01, cpu, none},
                        {0.03, wall, duty_cycles}, {0.03, cpu, duty_cycles}, {0.01, cpu, duty_cycles},
                        {0.03, cpu, compilers}};
  int right = 0;
  unsigned seed = 1;
  for (const auto& one : cases) right += try_case(sampler, folder, one, seed += 100);
  fmt::print("doctor's forecast is within a factor of two\t{}/{}\tat least 8/10\n", right, std::size(cases));
  fs::remove_all(folder);
}
