#include "measure/rounds/rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>

#include "measure/rounds/fair_copies.h"
#include "measure/statistics/statistics.h"
#include "measure/statistics/verdict.h"

namespace pgo_orch::measure {

namespace {

bool as_expected(const Contender& contender, const Sample& sample) {
  return sample.end == End::exited && contender.expected_exit_codes.contain(sample.exit_code);
}

/// Whether the contender at `index` runs in this round, the next one. Depends on earlier rounds only, so
/// which contenders run says nothing about which is faster.
bool is_due(const std::vector<Contender>& contenders, const Measured& so_far, std::size_t index, int round) {
  const Series& own = so_far.series[index];
  if (!contenders[index].bystander || own.samples.empty()) return true;
  Nanoseconds others{};
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const Series& series = so_far.series[i];
    const bool ran = !series.rounds.empty() && series.rounds.back() == so_far.rounds;
    if (ran && !contenders[i].bystander) others += series.samples.back().wall;
  }
  const auto wall = static_cast<double>(own.samples.back().wall.count());
  const double rounds_worth = wall / std::max(1.0, static_cast<double>(others.count()));
  if (round <= bystander_least && rounds_worth <= 1) return true;
  const double apart = std::max(1.0, std::ceil(rounds_worth)) * bystander_every;
  return round - own.rounds.back() >= apart;
}

/// One measurement while it lasts.
class Rounds {
 public:
  Rounds(const std::vector<Contender>& contenders, Sampler& sampler, const RoundsOptions& options)
      : contenders_(contenders),
        sampler_(sampler),
        options_(options),
        start_(sampler.now()),
        copies_(options.scratch, options.file_name, contenders) {
    measured_ = measured_before(contenders, options);
  }

  Measured run() {
    const int first = measured_.rounds + 1;
    renew_copies(first);
    warm_up();
    const Nanoseconds before = spent();
    for (int round = first; !is_over(round - 1); ++round) {
      if (round > first && copies_are_due(round)) renew_copies(round);
      play(round);
      if (!measured_.interrupted) heed_referee(round);
      round_time_ = (spent() - before) / (round - first + 1);
      if (!options_.on_round || measured_.interrupted) continue;
      options_.on_round({round, planned(round), spent(), measured_});
    }
    fail_replaced("at the end", true);
    measured_.ends.is_up = !measured_.interrupted && !measured_.settled && !measured_.biased;
    if (measured_.ends.is_up) ++measured_.ends.count;
    return std::move(measured_);
  }

 private:
  using Played = std::map<int, Sample>;  // by the contender's index

  Nanoseconds spent() const { return sampler_.now() - start_; }

  int planned(int played) const { return planned_rounds(options_.budget, spent(), round_time_, played); }

  /// More rounds would only help references. Apart from the referee only the clock and the number of rounds
  /// end a measurement, never the measured times.
  bool is_done(int rounds) const {
    if (measured_.settled || rounds >= options_.budget.max_rounds) return true;
    return rounds >= options_.budget.min_rounds && spent() >= options_.budget.time;
  }

  bool is_over(int rounds) const {
    if (measured_.interrupted || measured_.biased || !anyone_left()) return true;
    return is_done(rounds) && !any_bystander_lacks();
  }

  bool lacks(std::size_t index) const {
    const Series& series = measured_.series[index];
    return contenders_[index].bystander && series.failure.empty() &&
           series.samples.size() < static_cast<std::size_t>(least_of_bystanders());
  }

  int least_of_bystanders() const { return std::min(bystander_least, options_.budget.max_rounds); }

  bool any_bystander_lacks() const {
    for (std::size_t i = 0; i < contenders_.size(); ++i)
      if (lacks(i)) return true;
    return false;
  }

  std::vector<int> due(int round) const {
    std::vector<int> chosen = order(Purpose::order, round);
    const bool few = planned(round - 1) <= few_rounds;
    std::erase_if(chosen, [&](int each) {
      const auto index = static_cast<std::size_t>(each);
      if (const int every = contenders_[index].every; !few && (round - 1) % every != 0) return true;
      const bool makes_up = is_done(round - 1) && lacks(index);
      return !makes_up && !is_due(contenders_, measured_, index, round);
    });
    return chosen;
  }

  Series& series(int index) { return measured_.series[static_cast<std::size_t>(index)]; }

  bool active(int index) { return series(index).failure.empty() && !series(index).lost; }

  bool anyone_left() const {
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      const Series& series = measured_.series[i];
      if (!contenders_[i].bystander && series.failure.empty() && !series.lost) return true;
    }
    return false;
  }

  void heed_referee(int round) {
    if (!options_.referee || next_look(round - 1) != round) return;
    const Ruling ruling = options_.referee(measured_, options_.budget.time - spent());
    for (const std::size_t index : ruling.lost) measured_.series[index].lost = true;
    measured_.settled = ruling.settled;
    measured_.biased = ruling.biased;
  }

  std::vector<int> order(Purpose purpose, int round) const {
    return random_order(options_.seed, purpose, round, static_cast<int>(contenders_.size()));
  }

  void renew_copies(int round) {
    const Nanoseconds before = sampler_.now();
    const auto when = fmt::format("before round {}", round);
    if (renewed_ > 0) fail_replaced(when, false);
    copies_.renew(order(Purpose::copies, round));
    fail_replaced(when, false);
    renewal_time_ = sampler_.now() - before;
    renewed_ = round;
  }

  /// Times of another program than the one that was checked are worth nothing. `originals`: these, too.
  void fail_replaced(const std::string& when, bool originals) {
    for (std::size_t i = 0; i < contenders_.size(); ++i) {
      Series& series = measured_.series[i];
      if (!series.failure.empty()) continue;
      auto problem = copies_.replaced(static_cast<int>(i));
      if (problem.empty() && originals) problem = toolchains::replaced(contenders_[i].checked);
      if (!problem.empty()) series.failure = when + ": " + problem;
    }
  }

  bool copies_are_due(int round) const {
    constexpr int early = 41;
    if (round > early) return round - renewed_ >= options_.renew_every;
    const double share = options_.renew_share * static_cast<double>(round_time_.count());
    const double wanted = share > 0 ? std::ceil(static_cast<double>(renewal_time_.count()) / share) : 1e9;
    return round - renewed_ >= std::min<double>(options_.renew_every, std::max(1.0, wanted));
  }

  /// A run that takes longer than the cap is stopped there: its true time is only known to be more.
  Sample run_capped(RunSpec spec, std::optional<Nanoseconds> cap) {
    const bool caps = cap && (spec.timeout == Nanoseconds::zero() || *cap < spec.timeout);
    if (caps) spec.timeout = *cap;
    Sample sample = sampler_.run(spec);
    if (!caps || sample.end == End::interrupted || sample.end == End::not_started) return sample;
    // A run that ended just after the cap, before it was stopped, counts as stopped.
    sample.capped = sample.end == End::timed_out || sample.wall > *cap;
    if (sample.capped) sample.wall = *cap;
    return sample;
  }

  std::optional<Nanoseconds> cap() {
    if (!options_.capped_by) return std::nullopt;
    return cap_of(measured_.series[*options_.capped_by]);
  }

  /// Runs each remaining contender once, in this order. An interrupt ends it early.
  Played run_all(const std::vector<int>& contenders, const std::string& pad, const std::string& when,
                 std::optional<Nanoseconds> cap = std::nullopt, bool is_first = false) {
    Played played;
    for (const int index : contenders) {
      if (!active(index)) continue;
      const Contender& contender = contenders_[static_cast<std::size_t>(index)];
      if (contender.prepare) series(index).failure = contender.prepare(copies_[index]);
      if (!active(index)) continue;
      RunSpec spec = contender.run(copies_[index]);
      spec.env[pad_variable] = pad;
      const bool checks = is_first && contender.check;
      if (checks) keep_output(spec, contender.output);
      const Sample sample = run_capped(std::move(spec), contender.bystander ? std::nullopt : cap);
      measured_.interrupted = sample.end == End::interrupted;
      if (measured_.interrupted) return played;
      if (!sample.capped && !as_expected(contender, sample)) {
        series(index).failure = when + ": " + describe(sample);
        if (contender.on_failure) contender.on_failure(sample);
        continue;
      }
      if (checks) series(index).failure = contender.check(sample);
      played[index] = sample;
    }
    return played;
  }

  /// Nobody sees what is written to /dev/null.
  static void keep_output(RunSpec& spec, const std::filesystem::path& file) {
    spec.stdout_file = file;
    if (spec.stdout_mode == StdoutMode::null) spec.stdout_mode = StdoutMode::pipe;
  }

  /// The first run of each is checked. The last warm-up round estimates the time of a round: the first may
  /// have read files from a disk.
  void warm_up() {
    const bool checks = std::ranges::any_of(contenders_, [](const auto& each) { return bool(each.check); });
    const int runs = std::max(options_.warmup, checks ? 1 : 0);
    for (int run = 0; run < runs && !measured_.interrupted; ++run) {
      const Nanoseconds before = sampler_.now();
      run_all(order(Purpose::warmup, run), random_pad(options_.seed, -1 - run), "warm-up", std::nullopt,
              run == 0);
      round_time_ = sampler_.now() - before;
    }
  }

  void play(int round) {
    const Played played =
        run_all(due(round), random_pad(options_.seed, round), fmt::format("round {}", round), cap());
    if (measured_.interrupted) return;
    for (const auto& [index, sample] : played) {
      series(index).rounds.push_back(round);
      series(index).samples.push_back(sample);
    }
    measured_.rounds = round;
  }

  const std::vector<Contender>& contenders_;
  Sampler& sampler_;
  const RoundsOptions& options_;
  Nanoseconds start_;
  FairCopies copies_;
  Measured measured_;
  Nanoseconds round_time_{};
  Nanoseconds renewal_time_{};
  int renewed_ = 0;  ///< before this round
};

}  // namespace

std::optional<Nanoseconds> cap_of(const Series& series) {
  if (series.samples.size() < 3) return std::nullopt;
  std::vector<double> walls;
  for (const auto& sample : series.samples) walls.push_back(static_cast<double>(sample.wall.count()));
  constexpr Nanoseconds least = std::chrono::milliseconds(100);
  return std::max(least, Nanoseconds(std::llround(5 * median(std::move(walls)))));
}

Measured measured_before(const std::vector<Contender>& contenders, const RoundsOptions& options) {
  Measured measured;
  measured.seed = options.seed;
  measured.ends = options.had_ends;
  for (const auto& contender : contenders) {
    // What an earlier run kept goes by names.
    const auto had = std::ranges::find(options.had, contender.name, &Series::name);
    auto& series = measured.series.emplace_back(had != options.had.end() ? *had : Series{});
    series.name = contender.name;
    series.id = contender.id;
    if (!series.rounds.empty()) measured.rounds = std::max(measured.rounds, series.rounds.back());
  }
  return measured;
}

Measured measure_rounds(const std::vector<Contender>& contenders, Sampler& sampler,
                        const RoundsOptions& options) {
  return Rounds(contenders, sampler, options).run();
}

int planned_rounds(const Budget& budget, Nanoseconds spent, Nanoseconds round_time, int played) {
  if (round_time <= Nanoseconds(0)) return budget.max_rounds;
  const auto fit = played + std::max(budget.time - spent, Nanoseconds(0)) / round_time;
  return static_cast<int>(
      std::clamp<long>(fit, budget.min_rounds, std::max(budget.min_rounds, budget.max_rounds)));
}

Nanoseconds round_time(const Measured& measured) {
  Nanoseconds one{};
  for (const auto& series : measured.series) {
    if (!series.failure.empty() || series.lost) continue;
    const double share = static_cast<double>(series.rounds.size()) / std::max(1, measured.rounds);
    one += Nanoseconds(std::llround(share * static_cast<double>(summarize(series).median.count())));
  }
  return one;
}

}  // namespace pgo_orch::measure
