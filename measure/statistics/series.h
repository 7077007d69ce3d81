#pragma once
// The samples of a measurement, and what is computed from them directly: the figures of one series, and the
// differences between two.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "measure/timer/sampler.h"

namespace pgo_orch::measure {

/// A number that whoever measures gives to each contender; its series has it too.
using ContenderId = std::size_t;

/// The A/A control's (race.h): it runs the baseline's program.
inline constexpr ContenderId control_id = ~ContenderId{0};

/// The samples of one contender: samples[i] is of round rounds[i], ascending, counted from 1.
struct Series {
  std::string name;
  ContenderId id = 0;
  std::vector<int> rounds;
  std::vector<Sample> samples;
  std::string failure;  ///< why it dropped out, e.g. "round 3: exit code 1"; empty: it did not
  bool lost = false;    ///< dropped after its last round: clearly slower than the leader
};

/// The figures that hyperfine's users know. They describe; claims come from verdict.h.
struct Summary {
  int runs = 0;
  Nanoseconds mean{};
  Nanoseconds median{};
  Nanoseconds stddev{};  ///< of the sample; zero for a single run
  Nanoseconds min{};
  Nanoseconds max{};
  Nanoseconds user{};    ///< mean
  Nanoseconds system{};  ///< mean
  Bytes median_memory;
  Bytes max_memory;
};

/// All zero for a series without samples.
Summary summarize(const Series& series);

enum class Quantity { wall, cpu, memory };  ///< cpu: user and system together; memory: the peak

/// How much longer one program took than another in one round: ln(variant) - ln(baseline); negative: the
/// variant took less. Where a run was stopped at the cap, the true difference is only bounded: above `least`
/// if the variant's run was stopped, below `most` if the baseline's was, not at all if both were.
struct Difference {
  Difference(double exact) : value(exact), least(exact), most(exact) {}  // NOLINT: a difference is a number
  double value;                                                          ///< as if the cap were the time
  double least;
  double most;
};

/// One for each round in which both have a sample.
using Differences = std::map<int, Difference>;

Differences differences(const Series& baseline, const Series& variant, Quantity quantity = Quantity::wall);

/// Several workloads as one: the weighted mean of their differences, so the logarithm of the weighted
/// geometric mean of the ratios, in the rounds that all have. Fair signs in each make fair signs in the sum.
Differences combined(const std::vector<std::pair<double, Differences>>& weighted);

/// The noise floor in percent: the standard deviation of an A/A pair's effect, the median difference, over
/// blocks of `block` rounds that both have. (So many consecutive ones see several copies.) An incomplete last
/// block does not count. No value with fewer than two blocks.
std::optional<double> noise_floor_pct(const Differences& control, int block = 10);

/// One layout: both programs with their sections in an order drawn for it. Tells whether a small
/// difference comes from the code or from where the linker put it (Mytkowicz et al. 2009; Curtsinger and
/// Berger, "Stabilizer", 2013).
struct LayoutPair {
  Series baseline;
  Series variant;
};

/// In how many of the layouts the median difference has the sign of `effect` (any unit). If the
/// difference came from layouts alone, its sign would be a fair coin in each: all of five agree with a
/// probability of 1/32.
int layouts_that_agree(const std::vector<LayoutPair>& layouts, double effect);

}  // namespace pgo_orch::measure
