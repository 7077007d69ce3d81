#pragma once
// The design of a measurement: in each round every contender runs once, in random order. So if two programs
// are the same, which one of them a round finds faster is a fair coin, whatever the machine does meanwhile.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "measure/rounds/schedule.h"
#include "measure/statistics/series.h"
#include "measure/timer/sampler.h"

namespace pgo_orch::measure {

/// A program that takes part in the measurement of one workload.
struct Contender {
  std::string name;
  std::filesystem::path executable;  ///< copied afresh every few rounds; empty: nothing to copy
  /// The run for the copy that stands at this path (an empty one if nothing is copied). It should mention the
  /// path in `executable` only, argv[0] being constant, unless the workload's own command wants it elsewhere.
  std::function<RunSpec(const std::filesystem::path& copy)> run;
  int expected_exit_code = 0;
  /// Before every run, outside the timed part, with the path of the copy. What went wrong; "": nothing. May
  /// be empty.
  std::function<std::string(const std::filesystem::path& copy)> prepare;
  /// A reference: it runs in some rounds only (is_due), for as long as it takes, so it is never capped.
  bool bystander = false;
};

struct Measured {
  std::vector<Series> series;  ///< in the order of the contenders
  int rounds = 0;              ///< complete ones, those of an earlier run included
  std::uint64_t seed = 0;
  bool interrupted = false;
  bool settled = false;  ///< more rounds would tell nothing
  bool biased = false;   ///< the referee found the machine to tell copies of one program apart
};

/// What a referee says after a round.
struct Ruling {
  std::vector<std::size_t> lost;  ///< by index: they run no more
  bool settled = false;           ///< the measurement may end
  bool biased = false;            ///< it must end: what was measured is not worth going on with
};

/// What is known when a round is complete.
struct Progress {
  int round;               ///< counted from 1
  int planned;             ///< how many rounds it will probably be
  Nanoseconds spent;       ///< since the start of this measurement
  const Measured& so_far;  ///< the round included; its samples are the last of each series
};

struct RoundsOptions {
  std::filesystem::path scratch;  ///< the copies are made in its folder `copies`, which is removed at the end
  std::string file_name = "program";  ///< of the copies
  Budget budget;
  int warmup = 1;        ///< untimed runs of each contender
  int renew_every = 10;  ///< rounds at most between renewals of the copies
  /// Of the time: in the first 41 rounds they are renewed as often as it takes no more, at best each round.
  /// What a copy has in its favour lasts as long as it does, and a claim of few rounds should not be one of
  /// few copies.
  double renew_share = 0.2;
  std::uint64_t seed = 0;
  std::vector<Series>
      had;  ///< of an interrupted measurement with the same seed: goes on after its last round
  std::optional<std::size_t> capped_by;  ///< the contender whose time caps all others' (cap_of); none: no cap
  std::function<Ruling(const Measured&)> referee;  ///< after every look (looks.h); empty: all run to the end
  std::function<void(const Progress&)> on_round;  ///< after every round, to show and to keep it; may be empty
  std::function<Nanoseconds()> clock;             ///< for the budget only; empty: a steady clock
};

/// The name of the environment variable that holds a round's random pad.
inline constexpr const char* pad_variable = "PGO_ORCH_PAD";

/// How long any run of the next round may take, when `series` of the baseline is what was measured before:
/// five times its median, since who takes longer has lost, and its runs cost most of the time; never under
/// 100 ms, where nothing would be saved. None with fewer than three rounds. It holds for every program of the
/// round, the baseline included, and depends on earlier rounds only: so the times of two equal programs,
/// capped, are still exchangeable. (Capping the variants alone made 42 % of claims false beside spikes.)
std::optional<Nanoseconds> cap_of(const Series& series);

/// A reference's rounds. It runs in the first, then in every fourth, and in fewer the slower it is: it takes
/// a quarter of what the others take at most, since their time is what the measurement is for. One that takes
/// no longer than all others together also runs in the second and third, the least to tell noise from
/// difference.
inline constexpr int bystander_every = 4;
inline constexpr int bystander_least = 3;

/// Whether the contender at `index` runs in this round, the next one. Depends on earlier rounds only, so what
/// is played of a round tells nothing of who is the faster in it.
bool is_due(const std::vector<Contender>& contenders, const Measured& so_far, std::size_t index, int round);

/// Measures until the budget is spent (never in the middle of a round) or the
/// user wants to stop (the round that this cuts is dropped). A contender that fails drops out with the
/// reason, and the others go on. A reference that has run less than bystander_least times by then runs in
/// each of as many more rounds. Throws Error if a copy can't be made, and what the callbacks throw.
Measured measure_rounds(const std::vector<Contender>& contenders, Sampler& sampler,
                        const RoundsOptions& options);

/// Everything that was timed: workload -> its series.
using Measurements = std::map<std::string, Measured>;

}  // namespace pgo_orch::measure
