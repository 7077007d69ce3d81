// How often a measurement is wrong, and how soon it is right: trials of real programs whose difference is
// known, measured as `pgo-orch run` does it (rounds, race, control, restart), and by hyperfine with Welch's
// test on the times that it exports. One line a figure on standard output: name, value and target, with tabs
// between them. Usage: bench_trials [--trials N] [--hyperfine PATH] [--reference-rounds N] [--only TEXT]

#include "tests/bench/answers.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::bench;
namespace fs = std::filesystem;

namespace {

std::string share(int part, int of) {
  return fmt::format("{}/{}", part, of);
}

class Bench {
 public:
  Bench(Options options, fs::path folder) : options_(std::move(options)), programs_(std::move(folder)) {}

  void run() {
    using enum Neighbours;
    for (const double ms : {1.0, 6.0})
      for (const auto neighbours : {none, duty_cycles}) same(ms, neighbours);
    same(25, compilers);
    different();
    matrix_of_three();
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
  void same(double ms, Neighbours neighbours) {
    const std::string name = fmt::format("A/A, {} ms, {}", ms, bench::describe(neighbours));
    if (!chosen(name)) return;
    const fs::path program = programs_.taking(ms / 1000);
    const Load load(neighbours);
    const auto ours = tally(options_.trials, 0, [&](unsigned trial) {
      return by_rounds(programs_, {program, program}, trial, whole).front();
    });
    row(fmt::format("{}: false claims ({})", name, describe(ours)), share(ours.claims, ours.trials),
        "at most 5 %");
    row(name + ": false claims of CPU time", share(ours.by_cpu, ours.trials), "at most 5 %");
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
    double ms;
    double nominal_pct;
    double budget;  ///< seconds
    Neighbours neighbours;
    const char* target;
    const char* cpu_target = "";
  };

  void different() {
    using enum Neighbours;
    different_by({{6, 0.5, whole, none, ""},
                  {6, 1, whole, none, "at least 90 %"},
                  {6, 2, whole, none, ""},
                  {6, 3, quarter, none, "at least 95 %"},
                  {6, 5, quarter, none, ""},
                  {6, 1, whole, duty_cycles, ""},
                  {6, 3, whole, duty_cycles, ""}});
    different_by({{25, 3, whole, compilers, "", "at least 90 %"}});
  }

  /// All of one length.
  void different_by(std::vector<Different> all) {
    std::erase_if(all, [&](const auto& each) { return !chosen(name_of(each)); });
    if (all.empty()) return;
    const double base_ms = all.front().ms;
    const fs::path baseline = programs_.taking(base_ms / 1000);
    std::map<double, fs::path> variants;
    for (const auto& each : all)
      variants[each.nominal_pct] = programs_.taking(base_ms / 1000 * (1 + each.nominal_pct / 100));
    const auto truth = reference(base_ms, baseline, variants);
    for (const auto& each : all)
      measure_different(each, baseline, variants.at(each.nominal_pct), truth.at(each.nominal_pct));
  }

  static std::string name_of(const Different& each) {
    return fmt::format("{} % more, {} ms, {}", each.nominal_pct, each.ms, bench::describe(each.neighbours));
  }

  void measure_different(const Different& each, const fs::path& baseline, const fs::path& variant,
                         double truth_pct) {
    const std::string name = name_of(each);
    const Load load(each.neighbours);
    const int trials =
        std::max(1, each.neighbours == Neighbours::none ? options_.trials : options_.trials / 2);
    const auto ours = tally(trials, truth_pct, [&](unsigned trial) {
      return by_rounds(programs_, {baseline, variant}, trial, each.budget).front();
    });
    row(fmt::format("{}: right within {} s ({})", name, each.budget, describe(ours)),
        share(ours.claims - ours.wrong_sign, ours.trials), each.target);
    row(name + ": right by CPU time", share(ours.by_cpu - ours.wrong_by_cpu, ours.trials), each.cpu_target);
    row(name + ": wrong sign, also by CPU time", share(ours.wrong_sign + ours.wrong_by_cpu, ours.trials),
        "none");
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
  std::map<double, double> reference(double ms, const fs::path& baseline,
                                     const std::map<double, fs::path>& variants) {
    std::vector<Contender> contenders{contender("baseline", baseline)};
    for (const auto& [nominal, file] : variants)
      contenders.push_back(contender(fmt::format("{}", nominal), file));
    RoundsOptions options;
    options.scratch = programs_.folder();
    const int rounds = std::max(100, static_cast<int>(options_.reference_rounds * std::min(1.0, 6 / ms)));
    options.budget = {.time = std::chrono::hours(1), .min_rounds = rounds, .max_rounds = rounds};
    const auto measured = measure_rounds(contenders, programs_.sampler(), options);
    std::map<double, double> truth;
    std::size_t index = 1;
    for (const auto& [nominal, file] : variants) {
      std::vector<double> differences;
      for (const auto& [round, difference] : measure::differences(measured.series[0], measured.series[index]))
        differences.push_back(difference.value);
      truth[nominal] = to_percent(median(differences));
      row(fmt::format("{} % more, {} ms: what {} rounds say, %", nominal, ms, rounds),
          fmt::format("{:.2f}", truth[nominal]), "");
      ++index;
    }
    return truth;
  }

  /// One that is as fast as the baseline, and one that takes 3 % more: whoever runs a matrix asks for both.
  void matrix_of_three() {
    const std::string name = "matrix of three, 26 ms, quiet";
    if (!chosen(name)) return;
    const fs::path baseline = programs_.taking(0.026), same = programs_.taking(0.026),
                   slow = programs_.taking(0.026 * 1.03);
    const double truth = reference(26, baseline, {{3, slow}}).at(3);
    Tally equal, different;
    for (int trial = 0; trial < options_.trials; ++trial) {
      const auto answers = by_rounds(programs_, {baseline, same, slow}, static_cast<unsigned>(trial), whole);
      add(answers[0], 0, equal);
      add(answers[1], truth, different);
    }
    row(fmt::format("{}: 3 % more is right within {} s ({})", name, whole, describe(different)),
        share(different.claims - different.wrong_sign, different.trials), "at least 95 %");
    row(name + ": seconds until told apart, median",
        fmt::format("{:.2f}", different.to_claim.empty() ? 1e9 : median(different.to_claim)), "at most 2");
    row(name + ": intervals that hold the truth", share(different.covered, different.trials),
        "at least 95 %");
    row(name + ": false claims about the equal one", share(equal.claims, equal.trials), "at most 5 %");
    row(name + ": rows known to a quarter of their effect, or 1 %",
        share(equal.known + different.known, equal.trials + different.trials), "at least 95 %");
  }

  void race_of_eight() {
    const std::string name = "race of eight, 2 ms";
    if (!chosen(name)) return;
    std::vector<Contender> contenders;
    for (const double factor : {1.0, 0.92, 1.1, 1.2, 0.97, 1.4, 1.05, 1.7})
      contenders.push_back(contender(fmt::format("{}", factor), programs_.taking(0.002 * factor)));
    RaceRules rules{.claim = claim_of_run(contenders.size()), .baseline = 0};
    const int trials = std::max(1, options_.trials / 10);
    double raced = 0, equal = 0;
    int same_winner = 0;
    for (int trial = 0; trial < trials; ++trial) {
      RoundsOptions options;
      options.scratch = programs_.folder();
      options.seed = static_cast<std::uint64_t>(trial);
      options.budget.time = std::chrono::seconds(60);
      rules.drop = false;
      auto start = Clock::now();
      const auto all = race(contenders, programs_.sampler(), options, rules);
      const double took = seconds_since(start);
      options.budget.time =
          std::chrono::duration_cast<Nanoseconds>(std::chrono::duration<double>(0.3 * took));
      rules.drop = true;
      start = Clock::now();
      const auto racing = race(contenders, programs_.sampler(), options, rules);
      raced += seconds_since(start);
      equal += took;
      same_winner += winner(racing) == winner(all);
    }
    row(name + ": time over that of equal allocation", fmt::format("{:.2f}", raced / equal), "at most 0.31");
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
