#pragma once
// What one measurement says of a program against another: as `pgo-orch run` measures it, or by hyperfine with
// Welch's test; and how often such answers are right.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "measure/rounds/race.h"
#include "measure/statistics/statistics.h"
#include "measure/statistics/verdict.h"
#include "measure/timer/timer_sampler.h"
#include "tests/bench/spin_programs.h"

namespace pgo_orch::bench {

using namespace pgo_orch::measure;

struct Options {
  int trials = 100;
  int reference_rounds = 0;  // 0: a hundred times the trials
  std::string hyperfine;     // its path; empty: no duel
  std::string only;          // rows whose name has it
};

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What one measurement said of a variant against the baseline.
struct Answer {
  double effect_pct = 0, lo_pct = -1e9, hi_pct = 1e9;
  bool claims = false;
  bool equivalent = false;
  double seconds = 0;             ///< all of it
  double seconds_to_claim = 1e9;  ///< until the first look that told them apart
  bool claims_by_cpu = false;     ///< of CPU time
  double cpu_effect_pct = 0;
};

using Measure = std::function<Answer(const fs::path& baseline, const fs::path& variant, unsigned trial)>;

/// What `run` claims of each variant: run time with three fifths of the error, CPU time with three tenths.
inline Claim claim_of_run(std::size_t variants) {
  return {.confidence = 0.95, .claims = static_cast<double>(variants - 1) / 0.6, .precision = 0.01};
}
inline Claim claim_of_cpu(std::size_t variants) {
  return {.confidence = 0.95, .claims = static_cast<double>(variants - 1) / 0.3, .precision = 0.01};
}

inline bool tells_apart(const Comparison& found) {
  return found.verdict == Verdict::faster || found.verdict == Verdict::slower;
}

/// As `run` measures variants, of which the first is the baseline. An answer for each of the others.
inline std::vector<Answer> by_rounds(Programs& programs, const std::vector<fs::path>& variants,
                                     unsigned trial, double budget) {
  const std::size_t copy = variants.size();
  std::vector<Contender> contenders;
  for (const auto& variant : variants)
    contenders.push_back(contender(fmt::format("{}", contenders.size()), variant));
  contenders.push_back(contender(control_name, variants.front()));
  contenders.back().every = control_every;
  const Claim claim = claim_of_run(variants.size());
  const RaceRules rules{.claim = claim, .baseline = 0, .control = copy};
  RoundsOptions options;
  options.scratch = programs.folder();
  options.budget = {.time = std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(budget)),
                    .min_rounds = 3};
  options.seed = 7919 * trial + 1;
  std::vector<Answer> answers(variants.size() - 1);
  const auto start = Clock::now();
  options.on_round = [&](const Progress& progress) {
    if (next_look(progress.round - 1) != progress.round) return;
    const auto& series = progress.so_far.series;
    for (std::size_t i = 1; i < variants.size(); ++i)
      if (answers[i - 1].seconds_to_claim == 1e9 && tells_apart(compare(series[0], series[i], claim)))
        answers[i - 1].seconds_to_claim = seconds_since(start);
  };
  const auto measured = race(contenders, programs.sampler(), options, rules);
  for (std::size_t i = 1; i < variants.size(); ++i) {
    Answer& answer = answers[i - 1];
    answer.seconds = seconds_since(start);
    const auto& series = measured.series;
    const auto found = compare(series[0], series[i], claim, Quantity::wall, measured.ends.closing());
    answer.effect_pct = found.effect_pct.value_or(0);
    answer.lo_pct = found.lo_pct.value_or(answer.lo_pct);
    answer.hi_pct = found.hi_pct.value_or(answer.hi_pct);
    answer.equivalent = found.verdict == Verdict::equivalent;
    answer.claims =
        tells_apart(found) &&
        standing_of(answer.effect_pct, control_of(series[0], series[copy])) != Standing::within_bias;
    if (answer.claims) answer.seconds_to_claim = std::min(answer.seconds_to_claim, answer.seconds);
    const auto cpu =
        compare(series[0], series[i], claim_of_cpu(variants.size()), Quantity::cpu, measured.ends.closing());
    answer.cpu_effect_pct = cpu.effect_pct.value_or(0);
    answer.claims_by_cpu =
        tells_apart(cpu) &&
        standing_of(answer.cpu_effect_pct, control_of(series[0], series[copy], Quantity::cpu)) !=
            Standing::within_bias;
  }
  return answers;
}

inline std::vector<double> times_of(const nlohmann::json& result) {
  return result.at("times").get<std::vector<double>>();
}

/// hyperfine as it comes, without a shell, and Welch's test at 5 % on what it exports.
inline Answer by_hyperfine(const Options& options, const Programs& programs, const fs::path& baseline,
                           const fs::path& variant) {
  // Files of two names, as anyone would compare them.
  const fs::path a = programs.folder() / "a", b = programs.folder() / "b",
                 json = programs.folder() / "hyperfine.json";
  fs::copy_file(baseline, a, fs::copy_options::overwrite_existing);
  fs::copy_file(variant, b, fs::copy_options::overwrite_existing);
  const auto start = Clock::now();
  const std::string command = fmt::format("'{}' -N --style none --export-json '{}' '{}' '{}' >/dev/null 2>&1",
                                          options.hyperfine, json.string(), a.string(), b.string());
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  Answer answer;
  answer.seconds = answer.seconds_to_claim = seconds_since(start);
  const auto results = nlohmann::json::parse(std::ifstream(json)).at("results");
  const auto x = times_of(results[0]), y = times_of(results[1]);
  const auto squared_error = [](const std::vector<double>& v) {
    return std::pow(standard_deviation(v), 2) / static_cast<double>(v.size());
  };
  const double ex = squared_error(x), ey = squared_error(y);
  const double freedom = std::pow(ex + ey, 2) / (ex * ex / static_cast<double>(x.size() - 1) +
                                                 ey * ey / static_cast<double>(y.size() - 1));
  const double half = boost::math::quantile(boost::math::complement(
                          boost::math::students_t_distribution<double>(freedom), 0.025)) *
                      std::sqrt(ex + ey);
  const double difference = mean(y) - mean(x);
  answer.effect_pct = 100 * difference / mean(x);
  answer.lo_pct = 100 * (difference - half) / mean(x);
  answer.hi_pct = 100 * (difference + half) / mean(x);
  answer.claims = answer.lo_pct > 0 || answer.hi_pct < 0;
  return answer;
}

struct Tally {
  int trials = 0, claims = 0, wrong_sign = 0, covered = 0, equivalent = 0, over_one_percent = 0;
  int by_cpu = 0, wrong_by_cpu = 0, known = 0;
  std::vector<double> seconds, to_claim;
};

/// To within a quarter of the effect, or 1 %.
inline bool is_known(const Answer& answer) {
  return answer.hi_pct - answer.lo_pct <= 2 * std::max(1.0, std::abs(answer.effect_pct) / 4);
}

inline void add(const Answer& answer, double truth_pct, Tally& sum) {
  ++sum.trials;
  sum.claims += answer.claims;
  sum.wrong_sign += answer.claims && answer.effect_pct * truth_pct < 0;
  sum.covered += answer.lo_pct <= truth_pct && truth_pct <= answer.hi_pct;
  sum.equivalent += answer.equivalent;
  sum.over_one_percent += std::abs(answer.effect_pct) > 1;
  sum.by_cpu += answer.claims_by_cpu;
  sum.wrong_by_cpu += answer.claims_by_cpu && answer.cpu_effect_pct * truth_pct < 0;
  sum.known += is_known(answer);
  sum.seconds.push_back(answer.seconds);
  if (answer.claims) sum.to_claim.push_back(answer.seconds_to_claim);
}

inline Tally tally(int trials, double truth_pct, const std::function<Answer(unsigned)>& measure) {
  Tally sum;
  for (int trial = 0; trial < trials; ++trial) add(measure(static_cast<unsigned>(trial)), truth_pct, sum);
  return sum;
}

}  // namespace pgo_orch::bench
