#include "measure/rounds/rounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <utility>

#include "measure/rounds/fair_copies.h"
#include "measure/statistics/looks.h"
#include "measure/statistics/statistics.h"

namespace pgo_orch::measure {
namespace {

Nanoseconds steady_now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

std::vector<std::filesystem::path> executables_of(const std::vector<Contender>& contenders) {
  std::vector<std::filesystem::path> paths;
  for (const auto& contender : contenders) paths.push_back(contender.executable);
  return paths;
}

bool as_expected(const Contender& contender, const Sample& sample) {
  return sample.end == End::exited && sample.exit_code == contender.expected_exit_code;
}

/// One measurement while it lasts.
class Rounds {
 public:
  Rounds(const std::vector<Contender>& contenders, Sampler& sampler, const RoundsOptions& options)
      : contenders_(contenders),
        sampler_(sampler),
        options_(options),
        clock_(options.clock ? options.clock : steady_now),
        start_(clock_()),
        copies_(options.scratch, options.file_name, executables_of(contenders)) {
    measured_.seed = options.seed;
    for (const auto& contender : contenders) measured_.series.push_back(series_had(contender.name));
    for (const auto& series : options.had)
      if (!series.rounds.empty()) measured_.rounds = std::max(measured_.rounds, series.rounds.back());
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
      options_.on_round(
          {round, planned_rounds(options_.budget, spent(), round_time_, round), spent(), measured_});
    }
    return std::move(measured_);
  }

 private:
  using Played = std::map<int, Sample>;  // by the contender's index

  Series series_had(const std::string& name) const {
    for (const auto& series : options_.had)
      if (series.name == name) return series;
    return {.name = name, .rounds = {}, .samples = {}, .failure = {}};
  }

  Nanoseconds spent() const { return clock_() - start_; }

  /// Nobody but references has anything to gain from more rounds. The clock alone ends a measurement, never
  /// what the times say of the programs.
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
    std::erase_if(chosen, [&](int each) {
      const auto index = static_cast<std::size_t>(each);
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
    const Ruling ruling = options_.referee(measured_);
    for (const std::size_t index : ruling.lost) measured_.series[index].lost = true;
    measured_.settled = ruling.settled;
    measured_.biased = ruling.biased;
  }

  std::vector<int> order(Purpose purpose, int round) const {
    return random_order(options_.seed, purpose, round, static_cast<int>(contenders_.size()));
  }

  void renew_copies(int round) {
    const Nanoseconds before = clock_();
    copies_.renew(order(Purpose::copies, round));
    renewal_time_ = clock_() - before;
    renewed_ = round;
  }

  bool copies_are_due(int round) const {
    constexpr int few_rounds = 41;
    if (round > few_rounds) return round - renewed_ >= options_.renew_every;
    const double share = options_.renew_share * static_cast<double>(round_time_.count());
    const double wanted = share > 0 ? std::ceil(static_cast<double>(renewal_time_.count()) / share) : 1e9;
    return round - renewed_ >= std::min<double>(options_.renew_every, std::max(1.0, wanted));
  }

  /// A run that takes longer is stopped there: it is known that it would have taken more.
  Sample run_capped(RunSpec spec, std::optional<Nanoseconds> cap) {
    const bool caps = cap && (spec.timeout == Nanoseconds::zero() || *cap < spec.timeout);
    if (caps) spec.timeout = *cap;
    Sample sample = sampler_.run(spec);
    if (!caps || sample.end == End::interrupted || sample.end == End::not_started) return sample;
    // One that ended just behind the cap, before it was stopped, counts like those that were.
    sample.capped = sample.end == End::timed_out || sample.wall > *cap;
    if (sample.capped) sample.wall = *cap;
    return sample;
  }

  std::optional<Nanoseconds> cap() {
    if (!options_.capped_by) return std::nullopt;
    return cap_of(measured_.series[*options_.capped_by]);
  }

  /// All contenders that are left, once, in this order. An interrupt ends it early.
  Played run_all(const std::vector<int>& contenders, const std::string& pad, const std::string& when,
                 std::optional<Nanoseconds> cap = std::nullopt) {
    Played played;
    for (const int index : contenders) {
      if (!active(index)) continue;
      const Contender& contender = contenders_[static_cast<std::size_t>(index)];
      if (contender.prepare) series(index).failure = contender.prepare(copies_[index]);
      if (!active(index)) continue;
      RunSpec spec = contender.run(copies_[index]);
      spec.env[pad_variable] = pad;
      const Sample sample = run_capped(std::move(spec), contender.bystander ? std::nullopt : cap);
      measured_.interrupted = sample.end == End::interrupted;
      if (measured_.interrupted) return played;
      if (sample.capped || as_expected(contender, sample))
        played[index] = sample;
      else
        series(index).failure = when + ": " + describe(sample);
    }
    return played;
  }

  /// The last warm-up round tells how long a round takes: the first may have read files from a disk.
  void warm_up() {
    for (int run = 0; run < options_.warmup && !measured_.interrupted; ++run) {
      const Nanoseconds before = clock_();
      run_all(order(Purpose::warmup, run), random_pad(options_.seed, -1 - run), "warm-up");
      round_time_ = clock_() - before;
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
  std::function<Nanoseconds()> clock_;
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

Measured measure_rounds(const std::vector<Contender>& contenders, Sampler& sampler,
                        const RoundsOptions& options) {
  return Rounds(contenders, sampler, options).run();
}

}  // namespace pgo_orch::measure
