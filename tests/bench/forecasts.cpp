// What `doctor` forecasts, against the time that is then needed: a program of 20 ms against one that takes
// longer by a known part, measured until they are told apart. A line for each case on standard output; the
// last says how often the forecast is within a factor of two. Usage: bench_forecasts

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

/// The forecast is that of four times out of five, so this is the second longest of five.
constexpr int trials = 5;

Claim claim_of(Quantity quantity) {
  return quantity == Quantity::wall ? claim_of_run(2) : claim_of_cpu(2);
}

double seconds_needed(Programs& programs, const Case& one, const fs::path& baseline, const fs::path& slower,
                      unsigned seed) {
  std::vector<Contender> contenders{contender("baseline", baseline), contender("slower", slower),
                                    contender(control_name, baseline)};
  contenders.back().every = control_every;
  RoundsOptions options;
  options.scratch = programs.folder();
  options.budget.time = most;
  options.budget.max_rounds = 1'000'000;
  options.seed = seed;
  options.referee = [&](const Measured& so_far, Nanoseconds) {
    return Ruling{.lost = {},
                  .settled = tells_apart(
                      compare(so_far.series[0], so_far.series[1], claim_of(one.quantity), one.quantity)),
                  .biased = false};
  };
  const auto start = Clock::now();
  measure_rounds(contenders, programs.sampler(), options);
  return seconds_since(start);
}

std::optional<double> forecast(Programs& programs, const Case& one) {
  const auto noise =
      orchestrator::measure_noise(programs.sampler(), TIMER_PATH, programs.folder(), std::chrono::seconds(10),
                                  {claim_of(Quantity::wall), claim_of(Quantity::cpu)});
  for (const auto& told : noise.forecasts) {
    const auto& time = one.quantity == Quantity::wall ? told.by_wall_time : told.by_cpu_time;
    if (told.effect == one.effect && time) return seconds(*time);
  }
  return std::nullopt;
}

bool try_case(Programs& programs, const Case& one, unsigned seed) {
  constexpr double base = 0.020;
  const fs::path baseline = programs.taking(base), slower = programs.taking(base * (1 + one.effect));
  const Load load(one.neighbours);
  const auto foretold = forecast(programs, one);
  std::vector<double> needed;
  for (unsigned i = 0; i < trials; ++i)
    needed.push_back(seconds_needed(programs, one, baseline, slower, seed + i));
  std::ranges::sort(needed);
  const double true_time = needed[trials - 2];
  const double ratio = foretold ? *foretold / true_time : 0;
  const bool is_right = foretold ? ratio >= 0.5 && ratio <= 2 : true_time >= seconds(most) / 2;
  fmt::print("{} % by {} time, {}\t{} s\t{:.1f} s needed ({:.1f} to {:.1f})\t{}\n", 100 * one.effect,
             one.quantity == Quantity::wall ? "run" : "CPU", describe(one.neighbours),
             foretold ? fmt::format("{:.1f}", *foretold) : "over 600", true_time, needed.front(),
             needed.back(), is_right ? "right" : "wrong");
  std::fflush(stdout);
  return is_right;
}

}  // namespace

int main() {
  using enum Quantity;
  using enum Neighbours;
  const fs::path folder = fs::temp_directory_path() / fmt::format("pgo-orch-forecasts-{}", getpid());
  Programs programs(folder);
  const Case cases[] = {{0.03, wall, none},        {0.01, wall, none},       {0.03, cpu, none},
                        {0.01, cpu, none},         {0.03, wall, none},       {0.01, cpu, none},
                        {0.03, wall, duty_cycles}, {0.03, cpu, duty_cycles}, {0.01, cpu, duty_cycles},
                        {0.03, cpu, compilers}};
  int right = 0;
  unsigned seed = 1;
  for (const auto& one : cases) right += try_case(programs, one, seed += 100);
  fmt::print("doctor's forecast is within a factor of two\t{}/{}\tat least 8/10\n", right, std::size(cases));
  fs::remove_all(folder);
}
