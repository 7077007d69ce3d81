#pragma once
// The design of a measurement: in each round every contender runs once, in random order. So if two programs
// are the same, which one is faster in a round is a fair coin, whatever else the machine does.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "measure/rounds/draws.h"
#include "measure/statistics/series.h"
#include "measure/timer/sampler.h"
#include "toolchains/checked_file.h"
#include "toolchains/exit_codes.h"
#include "toolchains/units.h"

namespace pgo_orch::measure {

struct Budget {
  Nanoseconds time = std::chrono::seconds(60);  ///< for all of the measurement, warm-up included
  int min_rounds = 5;                           ///< even if they take longer than `time`
  int max_rounds = 5000;
};

/// The total number of rounds: those played, and those of `round_time` that fit into the rest of the budget,
/// within its limits. With an unknown (zero) round time, the maximum.
int planned_rounds(const Budget& budget, Nanoseconds spent, Nanoseconds round_time, int played);

/// A program that takes part in the measurement of one workload.
struct Contender {
  std::string name;
  ContenderId id = 0;
  std::filesystem::path executable;  ///< a fresh copy is made every few rounds; empty: nothing to copy
  std::filesystem::path beside;      ///< the folder of what lies beside each copy, too; empty: nothing
  /// The executable and what it needs, as they were checked: one that is another file later fails it.
  std::vector<toolchains::CheckedFile> checked;
  /// The run of the copy at this path (empty if nothing is copied). Paths of copies are all of one length.
  std::function<RunSpec(const std::filesystem::path& copy)> run;
  toolchains::ExitCodes expected_exit_codes;
  /// Called before every run, not timed, with the path of the copy. Returns what went wrong; "": nothing.
  /// May be empty.
  std::function<std::string(const std::filesystem::path& copy)> prepare;
  /// Looks at the first run, whose standard output is kept in `output`: what is wrong with it, "": nothing.
  /// May be empty.
  std::function<std::string(const Sample&)> check;
  std::filesystem::path output;
  /// Called when a run failed, while what it left is still there. May be empty.
  std::function<void(const Sample&)> on_failure;
  /// A reference: it runs in some rounds only (is_due), for as long as it takes, so it is never capped.
  bool bystander = false;
  /// Runs in every n-th round, the first included; in each, while few_rounds or fewer are planned.
  int every = 1;
};

/// How a measurement's time, or its number of rounds, was up: more than once if it was measured on
/// afterwards.
struct Ends {
  int count = 0;       ///< this time included
  bool is_up = false;  ///< false: this time something else ended it
  /// For closing_look (verdict.h).
  int closing() const { return is_up ? count : 0; }
};

struct Measured {
  std::vector<Series> series;  ///< in the order of the contenders
  int rounds = 0;              ///< complete ones, those of an earlier run included
  std::uint64_t seed = 0;
  bool interrupted = false;
  bool settled = false;  ///< more rounds would change nothing
  bool biased = false;   ///< the referee found that copies of one program measure differently
  Ends ends;
};

/// What a referee says after a round.
struct Ruling {
  std::vector<std::size_t> lost;  ///< by index: dropped
  bool settled = false;           ///< the measurement may end
  bool biased = false;            ///< it must end: its samples are not to be trusted
};

/// What is known when a round is complete.
struct Progress {
  int round;               ///< counted from 1
  int planned;             ///< the probable number of rounds
  Nanoseconds spent;       ///< since the start of this measurement
  const Measured& so_far;  ///< the round included; its samples are the last of each series
};

struct RoundsOptions {
  std::filesystem::path scratch;  ///< the copies are made in its folder `copies`, which is removed at the end
  std::string file_name = "program";  ///< of the copies
  Budget budget;
  int warmup = 1;        ///< untimed runs of each contender
  int renew_every = 10;  ///< rounds at most between renewals of the copies
  /// The fraction of the time that renewals may take in the first 41 rounds, at most one renewal each round:
  /// a copy's luck lasts as long as the copy, and a claim of few rounds should not depend on few copies.
  double renew_share = 0.1;
  std::uint64_t seed = 0;
  std::vector<Series> had;               ///< of an earlier measurement with the same seed, to be continued
  Ends had_ends;                         ///< and its `ends`
  std::optional<std::size_t> capped_by;  ///< the contender whose time caps all others' (cap_of); none: no cap
  /// After every look (verdict.h), with the time that is left; empty: all run to the end.
  std::function<Ruling(const Measured&, Nanoseconds left)> referee;
  std::function<void(const Progress&)> on_round;  ///< after every round, to show and store it; may be empty
};

/// The name of the environment variable that holds a round's random pad.
inline constexpr const char* pad_variable = "PGO_ORCH_PAD";

/// How long any run of the next round may take, given the baseline's `series` so far: five times its median,
/// since a slower program has lost, and its runs would cost most of the time; at least 100 ms, below which
/// nothing would be saved. None with fewer than three rounds. It applies to every program of the round, the
/// baseline included, and depends on earlier rounds only, so the capped times of two equal programs are still
/// exchangeable. (Capping the variants alone made 42 % of claims false when there were spikes.)
std::optional<Nanoseconds> cap_of(const Series& series);

/// A reference runs in the first round, then in every fourth, and in fewer the slower it is: it takes at most
/// a quarter of the others' time, since they are what the measurement is about. One that takes no longer than
/// all others together also runs in the second and third, the minimum to distinguish noise from difference.
inline constexpr int bystander_every = 4;
inline constexpr int bystander_least = 3;

/// The minimum to distinguish noise from difference: with the default budget of a run they are measured even
/// if they take longer.
inline constexpr int fewest_rounds = 3;

/// With no more planned rounds than these, everything runs in each of them.
inline constexpr int few_rounds = 24;

/// Measures until the budget is spent (never in the middle of a round) or the user stops it (the unfinished
/// round is discarded). A contender that fails drops out with the reason, and the others go on. A reference
/// that has run fewer than bystander_least times by then runs in each of as many more rounds. Throws Error if
/// a copy cannot be made, and what the callbacks throw.
Measured measure_rounds(const std::vector<Contender>& contenders, Sampler& sampler,
                        const RoundsOptions& options);

/// About how long one round takes of what still runs; what runs in some rounds only counts by its share.
Nanoseconds round_time(const Measured& measured);

/// What `options.had` holds of these contenders, without measuring more.
Measured measured_before(const std::vector<Contender>& contenders, const RoundsOptions& options);

/// Everything that was timed: workload -> its series.
using Measurements = std::map<std::string, Measured>;

}  // namespace pgo_orch::measure
