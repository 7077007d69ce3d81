// How often a measurement is wrong, and how soon it is right: trials of real programs whose difference is
// known, measured as `pgo-orch run` does it (rounds, race, control, restart), and by hyperfine with Welch's
// test on the times that it exports. One line a figure on standard output: name, value and target, with tabs
// between them. Usage: bench_trials [--trials N] [--hyperfine PATH] [--reference-rounds N] [--only TEXT]

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
#include "spin_programs.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::bench;
namespace fs = std::filesystem;

namespace {

struct Options {
  int trials = 100;
  int reference_rounds = 0;  // 0: a hundred times the trials
  std::string hyperfine;     // its path; empty: no duel
  std::string only;          // rows whose name has it
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What one measurement said of a variant against the baseline.
struct Answer {
  double effect_pct = 0, lo_pct = -1e9, hi_pct = 1e9;
  bool claims = false;
  bool equivalent = false;
  double seconds = 0;             ///< all of it
  double seconds_to_claim = 1e9;  ///< until the first look that told them apart
};

using Measure = std::function<Answer(const fs::path& baseline, const fs::path& variant, unsigned trial)>;

/// As `run` measures two variants: two claims, of time and of memory.
Answer by_rounds(Programs& programs, const fs::path& baseline, const fs::path& variant, unsigned trial,
                 double budget) {
  const Claim claim{.confidence = 0.95, .claims = 2, .precision = 0.01};
  const RaceRules rules{.claim = claim, .baseline = 0, .control = 2};
  RoundsOptions options;
  options.scratch = programs.folder();
  options.budget = {.time = std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(budget)),
                    .min_rounds = 3};
  options.seed = 7919 * trial + 1;
  Answer answer;
  const auto start = Clock::now();
  options.on_round = [&](const Progress& progress) {
    if (answer.seconds_to_claim < 1e9 || next_look(progress.round - 1) != progress.round) return;
    const auto& series = progress.so_far.series;
    if (excludes_zero(compare(series[0], series[1], claim))) answer.seconds_to_claim = seconds_since(start);
  };
  const auto measured =
      race({contender("baseline", baseline), contender("variant", variant), contender("(control)", baseline)},
           programs.sampler(), options, rules);
  answer.seconds = seconds_since(start);
  const auto found = compare(measured.series[0], measured.series[1], claim);
  answer.effect_pct = found.effect_pct.value_or(0);
  answer.lo_pct = found.lo_pct.value_or(answer.lo_pct);
  answer.hi_pct = found.hi_pct.value_or(answer.hi_pct);
  answer.equivalent = found.verdict == Verdict::equivalent;
  answer.claims = (found.verdict == Verdict::faster || found.verdict == Verdict::slower) &&
                  standing_of(answer.effect_pct, control_of(measured.series[0], measured.series[2])) !=
                      Standing::within_bias;
  return answer;
}

std::vector<double> times_of(const nlohmann::json& result) {
  return result.at("times").get<std::vector<double>>();
}

/// hyperfine as it comes, without a shell, and Welch's test at 5 % on what it exports.
Answer by_hyperfine(const Options& options, const Programs& programs, const fs::path& baseline,
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
  std::vector<double> seconds, to_claim;
};

Tally tally(int trials, double truth_pct, const std::function<Answer(unsigned)>& measure) {
  Tally sum;
  for (int trial = 0; trial < trials; ++trial) {
    const Answer answer = measure(static_cast<unsigned>(trial));
    ++sum.trials;
    sum.claims += answer.claims;
    sum.wrong_sign += answer.claims && answer.effect_pct * truth_pct < 0;
    sum.covered += answer.lo_pct <= truth_pct && truth_pct <= answer.hi_pct;
    sum.equivalent += answer.equivalent;
    sum.over_one_percent += std::abs(answer.effect_pct) > 1;
    sum.seconds.push_back(answer.seconds);
    if (answer.claims) sum.to_claim.push_back(answer.seconds_to_claim);
  }
  return sum;
}

std::string share(int part, int of) {
  return fmt::format("{}/{}", part, of);
}

class Bench {
 public:
  Bench(Options options, fs::path folder) : options_(std::move(options)), programs_(std::move(folder)) {}

  void run() {
    for (const double ms : {1.0, 6.0})
      for (const bool loaded : {false, true}) same(ms, loaded);
    different();
    race_of_eight();
  }

 private:
  void row(const std::string& name, const std::string& value, const std::string& target) {
    fmt::print("{}\t{}\t{}\n", name, value, target);
    std::fflush(stdout);
  }

  bool chosen(const std::string& name) const { return name.find(options_.only) != std::string::npos; }

  static std::string describe(const Tally& sum) { return fmt::format("{:.1f} s a trial", mean(sum.seconds)); }

  /// Two copies of one program: whoever tells them apart is wrong.
  void same(double ms, bool loaded) {
    const std::string name = fmt::format("A/A, {} ms, {}", ms, loaded ? "beside a load" : "quiet");
    if (!chosen(name)) return;
    const fs::path program = programs_.taking(ms / 1000);
    const Load load(loaded);
    const auto ours = tally(options_.trials, 0, [&](unsigned trial) {
      return by_rounds(programs_, program, program, trial, whole);
    });
    row(fmt::format("{}: false claims ({})", name, describe(ours)), share(ours.claims, ours.trials),
        "at most 5 %");
    row(name + ": found equivalent within 1 %", share(ours.equivalent, ours.trials), "");
    row(name + ": intervals that hold the truth", share(ours.covered, ours.trials), "at least 95 %");
    if (options_.hyperfine.empty()) return;
    const auto theirs = tally(hyperfine_trials(), 0,
                              [&](unsigned) { return by_hyperfine(options_, programs_, program, program); });
    row(fmt::format("{}: hyperfine, Welch at 5 % ({})", name, describe(theirs)),
        share(theirs.claims, theirs.trials), "");
    row(name + ": hyperfine, means further apart than 1 %", share(theirs.over_one_percent, theirs.trials),
        "");
  }

  struct Different {
    double nominal_pct;
    double budget;  ///< seconds
    bool loaded;
    const char* target;
  };

  void different() {
    const double base_ms = 6;
    const std::vector<Different> all = {{0.5, whole, false, ""}, {1, whole, false, "at least 90 %"},
                                        {2, whole, false, ""},   {3, quarter, false, "at least 95 %"},
                                        {5, quarter, false, ""}, {1, whole, true, ""},
                                        {3, whole, true, ""}};
    if (std::ranges::none_of(all, [&](const auto& each) { return chosen(name_of(each)); })) return;
    const fs::path baseline = programs_.taking(base_ms / 1000);
    std::map<double, fs::path> variants;
    for (const auto& each : all)
      variants[each.nominal_pct] = programs_.taking(base_ms / 1000 * (1 + each.nominal_pct / 100));
    const auto truth = reference(baseline, variants);
    for (const auto& each : all) {
      if (!chosen(name_of(each))) continue;
      measure_different(each, baseline, variants.at(each.nominal_pct), truth.at(each.nominal_pct));
    }
  }

  static std::string name_of(const Different& each) {
    return fmt::format("{} % more, 6 ms, {}", each.nominal_pct, each.loaded ? "beside a load" : "quiet");
  }

  void measure_different(const Different& each, const fs::path& baseline, const fs::path& variant,
                         double truth_pct) {
    const std::string name = name_of(each);
    const Load load(each.loaded);
    const int trials = std::max(1, each.loaded ? options_.trials / 2 : options_.trials);
    const auto ours = tally(trials, truth_pct, [&](unsigned trial) {
      return by_rounds(programs_, baseline, variant, trial, each.budget);
    });
    row(fmt::format("{}: right within {} s ({})", name, each.budget, describe(ours)),
        share(ours.claims - ours.wrong_sign, ours.trials), each.target);
    row(name + ": wrong sign", share(ours.wrong_sign, ours.trials), "none");
    row(name + ": intervals that hold the truth", share(ours.covered, ours.trials), "at least 95 %");
    if (!ours.to_claim.empty())
      row(name + ": seconds until told apart, median", fmt::format("{:.2f}", median(ours.to_claim)), "");
    if (options_.hyperfine.empty() || (each.nominal_pct != 1 && each.nominal_pct != 3)) return;
    const auto theirs = tally(hyperfine_trials(), truth_pct,
                              [&](unsigned) { return by_hyperfine(options_, programs_, baseline, variant); });
    row(fmt::format("{}: hyperfine with Welch, right ({})", name, describe(theirs)),
        share(theirs.claims - theirs.wrong_sign, theirs.trials), "");
    row(name + ": hyperfine with Welch, wrong sign", share(theirs.wrong_sign, theirs.trials), "");
    row(name + ": hyperfine with Welch, intervals that hold the truth", share(theirs.covered, theirs.trials),
        "");
  }

  /// The truth is what very many rounds say, not the number of loops.
  std::map<double, double> reference(const fs::path& baseline, const std::map<double, fs::path>& variants) {
    std::vector<Contender> contenders{contender("baseline", baseline)};
    for (const auto& [nominal, file] : variants)
      contenders.push_back(contender(fmt::format("{}", nominal), file));
    RoundsOptions options;
    options.scratch = programs_.folder();
    options.budget = {.time = std::chrono::hours(1),
                      .min_rounds = options_.reference_rounds,
                      .max_rounds = options_.reference_rounds};
    const auto measured = measure_rounds(contenders, programs_.sampler(), options);
    std::map<double, double> truth;
    std::size_t index = 1;
    for (const auto& [nominal, file] : variants) {
      std::vector<double> differences;
      for (const auto& [round, difference] : measure::differences(measured.series[0], measured.series[index]))
        differences.push_back(difference.value);
      truth[nominal] = to_percent(median(differences));
      row(fmt::format("{} % more, 6 ms: what {} rounds say, %", nominal, options_.reference_rounds),
          fmt::format("{:.2f}", truth[nominal]), "");
      ++index;
    }
    return truth;
  }

  void race_of_eight() {
    const std::string name = "race of eight, 2 ms";
    if (!chosen(name)) return;
    std::vector<Contender> contenders;
    for (const double factor : {1.0, 0.92, 1.1, 1.2, 0.97, 1.4, 1.05, 1.7})
      contenders.push_back(contender(fmt::format("{}", factor), programs_.taking(0.002 * factor)));
    RaceRules rules{.claim = {.confidence = 0.95, .claims = 14, .precision = 0.01}, .baseline = 0};
    std::size_t raced = 0, equal = 0;
    int same_winner = 0;
    const int trials = std::max(1, options_.trials / 10);
    for (int trial = 0; trial < trials; ++trial) {
      RoundsOptions options;
      options.scratch = programs_.folder();
      options.seed = static_cast<std::uint64_t>(trial);
      options.budget.time = std::chrono::seconds(60);
      rules.drop = true;
      const auto racing = race(contenders, programs_.sampler(), options, rules);
      rules.drop = false;
      const auto all = race(contenders, programs_.sampler(), options, rules);
      for (const auto& series : racing.series) raced += series.samples.size();
      for (const auto& series : all.series) equal += series.samples.size();
      same_winner += winner(racing) == winner(all);
    }
    row(name + ": runs over those of equal allocation",
        fmt::format("{:.2f}", static_cast<double>(raced) / static_cast<double>(equal)), "at most 0.30");
    row(name + ": the same winner", share(same_winner, trials), "all");
  }

  static std::size_t winner(const Measured& measured) {
    std::size_t best = 0;
    double least = 0;
    for (std::size_t i = 1; i < measured.series.size(); ++i) {
      const double effect = compare(measured.series[0], measured.series[i], Claim{}).effect_pct.value_or(0);
      if (measured.series[i].lost || effect >= least) continue;
      best = i;
      least = effect;
    }
    return best;
  }

  int hyperfine_trials() const { return std::max(1, options_.trials / 5); }

  static constexpr double whole = 6;  // hyperfine's own time for two programs
  static constexpr double quarter = 1.5;

  Options options_;
  Programs programs_;
};

Options options_of(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--trials") options.trials = std::atoi(argv[i + 1]);
    if (name == "--reference-rounds") options.reference_rounds = std::atoi(argv[i + 1]);
    if (name == "--hyperfine") options.hyperfine = argv[i + 1];
    if (name == "--only") options.only = argv[i + 1];
  }
  if (options.reference_rounds == 0) options.reference_rounds = 100 * options.trials;
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("pgo-orch-trials-{}", getpid());
  Bench(options_of(argc, argv), folder).run();
  fs::remove_all(folder);
}
