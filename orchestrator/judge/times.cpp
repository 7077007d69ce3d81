#include "orchestrator/judge/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "measure/statistics/intervals.h"
#include "measure/statistics/statistics.h"
#include "measure/statistics/verdict.h"
#include "orchestrator/config/find.h"
#include "orchestrator/judge/decide.h"

namespace pgo_orch::orchestrator {

using report::Benchmark;
using report::Samples;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// With normal noise the median needs pi/2 values where the mean needs one, the signed rank's estimate pi/3.
constexpr double median_for_signed_rank = 1.5;

bool is_capped(const Samples& samples, std::size_t i) {
  return i < samples.rounds.size() && contains(samples.censored, samples.rounds[i]);
}

/// For closing_look: of what took part to the end. References run in some rounds only.
int ends_of(const Benchmark& benchmark, const Samples& samples) {
  const bool to_the_end =
      !samples.reference.empty() || (!samples.rounds.empty() && samples.rounds.back() == benchmark.rounds);
  return to_the_end ? benchmark.ends.value_or(0) : 0;
}

/// Of values in the order of their rounds.
Known median_at_look(const std::vector<double>& values, double alpha, int ends) {
  const double middle = measure::median(values);
  const auto value = std::isfinite(middle) ? std::optional(middle) : std::nullopt;
  const auto look = measure::closing_look(static_cast<int>(values.size()), alpha, ends);
  Known known{.value = value};
  if (look) {
    known = known_within(
        value, measure::median_interval({values.begin(), values.begin() + look->rounds}, look->alpha));
  } else {
    known.reason = fmt::format("{} timed: an interval needs {} (max-time)",
                               values.size() == 1 ? "1 run was" : fmt::format("{} runs were", values.size()),
                               measure::first_look(alpha));
  }
  if (!known.bounded() && known.reason.empty())
    known.reason = "too many of its runs were stopped for being far slower";
  for (const double each : values)
    if (std::isfinite(each)) known.logs.push_back(std::log(each));
  known.rounds_factor = median_for_signed_rank;
  return known;
}

/// Of these figures of the runs, as `number`; a run that was stopped at the cap is longer, or larger,
/// than all others.
Known median_of(const Samples& samples, const auto& figures, double alpha, int ends, const auto& number) {
  std::vector<double> values;
  for (std::size_t i = 0; i < figures.size(); ++i)
    values.push_back(is_capped(samples, i) ? infinity : number(figures[i]));
  return median_at_look(values, alpha, ends);
}

/// Null: there are none.
const Samples* timed_samples(const Evidence& evidence, const std::string& workload, const Party& party) {
  const auto* benchmark = evidence.benchmark(workload);
  return benchmark && party.out.empty() ? samples_of(*benchmark, party) : nullptr;
}

/// By how much a copy of the baseline measured differently from it, as a fraction; 0 if it did not.
double bias_of(const std::optional<report::Control>& control) {
  if (!control || !((control->lo && *control->lo > 0) || (control->hi && *control->hi < 0))) return 0;
  return std::max(std::abs(control->lo.value_or(0)), std::abs(control->hi.value_or(0))) / 100;
}

void widen(Known& known, double bias) {
  if (bias == 0) return;
  if (known.lo) *known.lo /= 1 + bias;
  if (known.hi) *known.hi *= 1 + bias;
  if (known.reason.empty())
    known.reason = fmt::format("copies of the same program differed by up to {:.1f} % here", 100 * bias);
}

Known not_timed(const Party& party, const std::string& workload) {
  return unknown(party.out.empty() ? fmt::format("'{}' was not timed in '{}'", party.name, workload)
                                   : party.out);
}

Known as_ratio(const std::optional<double>& effect, const std::optional<double>& lo,
               const std::optional<double>& hi, int rounds) {
  const auto ratio = [](const std::optional<double>& percent) {
    return percent ? std::optional(1 + *percent / 100) : std::nullopt;
  };
  Known known{.value = ratio(effect), .lo = ratio(lo), .hi = ratio(hi)};
  if (!known.bounded()) known.reason = fmt::format("{} rounds are too few (max-time)", rounds);
  return known;
}

Known ratio_in_pairs(const Evidence& evidence, const Benchmark& benchmark, const Party& party,
                     const Party& to, measure::Quantity quantity) {
  std::vector<measure::Series> all;
  std::size_t own = 0, base = 0;
  for (const auto& samples : benchmark.results) {
    if (&samples == samples_of(benchmark, party)) own = all.size();
    if (&samples == samples_of(benchmark, to)) base = all.size();
    all.push_back(to_series(samples));
  }
  const auto differences = measure::differences(all[base], all[own], quantity);
  std::optional<measure::Comparison> found;
  if (static_cast<int>(differences.size()) < measure::first_look(evidence.claim.alpha()))
    found = measure::compare_few_rounds(all, base, own, evidence.claim, benchmark.noise_floor, quantity);
  if (!found)
    found = measure::compare(differences, evidence.claim, quantity,
                             std::min(ends_of(benchmark, *samples_of(benchmark, party)),
                                      ends_of(benchmark, *samples_of(benchmark, to))));
  Known known = as_ratio(found->effect_pct, found->lo_pct, found->hi_pct, found->rounds);
  for (const auto& [round, difference] : differences) known.logs.push_back(difference.value);
  return known;
}

/// With too few values for order statistics: Student's interval of the logarithms, so noise is taken to be
/// normal, at a fifth of the error, as in measure::compare_few_rounds.
measure::Interval parametric_interval(const std::vector<double>& values, double alpha) {
  std::vector<double> logs;
  for (const double value : values) logs.push_back(std::log(value));
  const auto n = static_cast<double>(logs.size());
  const double half = measure::student_quantile_above(n - 1, alpha / 5 / 2) *
                      measure::standard_deviation(logs) / std::sqrt(n);
  const double middle = measure::mean(logs);
  return {std::exp(middle), std::exp(middle - half), std::exp(middle + half)};
}

/// One or two builds are taken to be right within this factor: enough for a goal that is far off.
constexpr double factor_of_few = 3;

Known median_of_builds(const std::vector<Nanoseconds>& runs, double alpha) {
  std::vector<double> values;
  for (const auto run : runs) values.push_back(seconds(run));
  const auto interval = measure::median_interval(values, alpha);
  Known known = known_within(interval.estimate, interval);
  if (known.bounded()) return known;
  if (runs.size() >= 3) {
    known = known_within(interval.estimate, parametric_interval(values, alpha));
    known.reason = fmt::format("built {} times, so normal noise is assumed", runs.size());
    return known;
  }
  known.lo = interval.estimate / factor_of_few;
  known.hi = interval.estimate * factor_of_few;
  known.reason = fmt::format("built {}, which may be off by a factor of {} (runs = 3 in [build] takes more)",
                             runs.size() == 1 ? "once" : "twice", factor_of_few);
  return known;
}

}  // namespace

measure::Series to_series(const Samples& samples) {
  measure::Series series;
  series.name = samples.variant.empty() ? samples.reference : samples.variant;
  series.rounds = samples.rounds;
  for (std::size_t i = 0; i < samples.times.size(); ++i) {
    measure::Sample sample;
    sample.wall = samples.times[i];
    if (i < samples.user_times.size()) sample.user = samples.user_times[i];
    if (i < samples.system_times.size()) sample.system = samples.system_times[i];
    sample.capped = is_capped(samples, i);
    series.samples.push_back(sample);
  }
  return series;
}

Known run_time(const Evidence& evidence, const std::string& workload, const Party& party, double alpha) {
  const auto* samples = timed_samples(evidence, workload, party);
  if (!samples) return not_timed(party, workload);
  const auto& benchmark = *evidence.benchmark(workload);
  Known known = median_of(*samples, samples->times, alpha, ends_of(benchmark, *samples),
                          [](Nanoseconds time) { return seconds(time); });
  widen(known, bias_of(benchmark.control));
  return known;
}

Known cpu_time(const Evidence& evidence, const std::string& workload, const Party& party, double alpha) {
  const auto* samples = timed_samples(evidence, workload, party);
  if (!samples || samples->user_times.size() != samples->system_times.size() || samples->user_times.empty())
    return not_timed(party, workload);
  std::vector<Nanoseconds> times = samples->user_times;
  for (std::size_t i = 0; i < times.size(); ++i) times[i] += samples->system_times[i];
  const auto& benchmark = *evidence.benchmark(workload);
  Known known = median_of(*samples, times, alpha, ends_of(benchmark, *samples),
                          [](Nanoseconds time) { return seconds(time); });
  widen(known, bias_of(benchmark.cpu_control));
  return known;
}

Known peak_memory(const Evidence& evidence, const std::string& workload, const Party& party, double alpha) {
  const auto* samples = timed_samples(evidence, workload, party);
  if (!samples || samples->memory.empty()) return not_timed(party, workload);
  return median_of(*samples, samples->memory, alpha, ends_of(*evidence.benchmark(workload), *samples),
                   [](Bytes size) { return static_cast<double>(size.count); });
}

std::optional<Known> compared(const Evidence& evidence, report::Metric metric,
                              const std::optional<std::string>& workload, const Party& party,
                              const Party& to) {
  const auto& all = evidence.results.comparisons;
  const auto found = std::ranges::find_if(all, [&](const auto& each) {
    return each.metric == metric && each.workload == workload && each.variant == party.name &&
           each.to == to.name && each.effect;
  });
  if (found == all.end()) return std::nullopt;
  return as_ratio(found->effect, found->lo, found->hi, found->rounds);
}

Known time_ratio(const Evidence& evidence, report::Metric metric, const std::string& workload,
                 const Party& party, const Party& to) {
  for (const Party* each : {&party, &to})
    if (!timed_samples(evidence, workload, *each)) return not_timed(*each, workload);
  if (party.reference == to.reference && party.measured_as == to.measured_as) return exactly(1);
  const auto& benchmark = *evidence.benchmark(workload);
  const bool of_cpu = metric == report::Metric::cpu;
  Known known = ratio_in_pairs(evidence, benchmark, party, to,
                               of_cpu ? measure::Quantity::cpu : measure::Quantity::wall);
  if (auto same = compared(evidence, metric, workload, party, to)) {
    same->logs = std::move(known.logs);
    known = *same;
  }
  widen(known, bias_of(of_cpu ? benchmark.cpu_control : benchmark.control));
  return known;
}

Known build_time(const Party& party, BuildScenario scenario, double alpha) {
  if (!party.build) return unknown(fmt::format("the build of '{}' was not timed", party.name));
  if (scenario == BuildScenario::full) {
    if (!party.build->runs.empty()) return median_of_builds(party.build->runs, alpha);
    if (party.build->wall) return median_of_builds({*party.build->wall}, alpha);
    return unknown(fmt::format("no clean build of '{}' was timed yet (--fresh does)", party.name));
  }
  const auto found = party.build->scenarios.find(to_word(scenario));
  if (found == party.build->scenarios.end())
    return unknown(fmt::format("'{}' was not built in this scenario: add \"{}\" to scenarios in [build]",
                               party.name, to_word(scenario)));
  if (found->second.runs.empty()) return unknown(found->second.reason);
  return median_of_builds(found->second.runs, alpha);
}

Known size_of(const Party& party) {
  const auto size = party.variant ? size_bytes(*party.variant) : std::nullopt;
  return size ? exactly(*size) : unknown(fmt::format("the size of '{}' is not known", party.name));
}

}  // namespace pgo_orch::orchestrator
