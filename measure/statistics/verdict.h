#pragma once
// What may be said about a variant, and how surely.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "measure/schema.h"
#include "measure/statistics/intervals.h"
#include "measure/statistics/series.h"

namespace pgo_orch::measure {

/// Sequential testing: a comparison is examined several times while rounds go on, and may end at any of
/// these looks. The error that a claim may make is spent over them, so that all looks together keep it. This
/// is a look at the first `rounds` rounds, in which a claim may be wrong with probability `alpha`.
struct Look {
  int rounds = 0;
  double alpha = 0;
};

/// The smallest number of rounds above `rounds` at which comparisons are examined: ceil(8 * 1.25^i) for
/// i = 0, 1, ..., which is 8, 10, 13, 16, 20, 25, 31, 39, 48, 60, ... The numbers are fixed beforehand, so
/// that the result of a look cannot move the next one, and a resumed measurement has the same looks as
/// an uninterrupted one.
int next_look(int rounds);

/// The latest look at no more than `rounds` rounds, for a claim that may be wrong with `alpha` in all. Looks
/// are counted from the first one at which the test can reject at all, 2^(1-n) <= its alpha; none before it.
/// The first 22 share three quarters of the error in proportion to 1/sqrt(k), so that what is plain is known
/// soon; the k-th after them may be wrong with a fortieth of 6 alpha / (pi^2 k^2), which sums to
/// 0.775 alpha over all possible looks (Euler 1740). Any sequence with that sum is valid.
std::optional<Look> latest_look(int rounds, double alpha);

/// The look at all `rounds` rounds when a measurement's time was up for the `ends`-th time: the first one may
/// be wrong with 0.2 alpha, the k-th after it (of what was measured on) with 0.025 alpha / 2^k, the rest
/// of the error. When the time is up is decided by what whole rounds take, which swapping two equal
/// programs does not change, so its number of rounds says nothing about which is faster. With `ends` = 0, for
/// what ended otherwise, and where it has less of the error, the latest look.
std::optional<Look> closing_look(int rounds, double alpha, int ends);

/// The number of rounds of that first look.
int first_look(double alpha);

enum class Verdict {
  faster,
  slower,
  smaller,  ///< instead of faster, for memory and sizes
  larger,
  equivalent,  ///< the whole interval lies within +-precision
  unresolved,
  identical,  ///< the same code: not timed
  wrong_output,
  failed,
  skipped
};

constexpr auto words_of(Verdict) {
  using enum Verdict;
  return std::to_array<Word<Verdict>>({{faster, "faster"},
                                       {slower, "slower"},
                                       {smaller, "smaller"},
                                       {larger, "larger"},
                                       {equivalent, "equivalent"},
                                       {unresolved, "unresolved"},
                                       {identical, "identical"},
                                       {wrong_output, "wrong-output"},
                                       {failed, "failed"},
                                       {skipped, "skipped"}});
}

/// What all claims of a run have in common.
struct Claim {
  double confidence = 0.95;  ///< of all claims of the run together
  double claims = 1;         ///< m: each gets an error of (1 - confidence) / m (Bonferroni)
  double precision = 0.01;   ///< fraction: smaller differences don't matter
  double alpha() const { return (1 - confidence) / claims; }
};

/// A variant against the baseline, in percent of the baseline; negative is less.
struct Comparison {
  std::optional<double> effect_pct;  ///< none: no round has both
  std::optional<double> lo_pct;      ///< none: unbounded
  std::optional<double> hi_pct;
  Verdict verdict = Verdict::unresolved;
  int rounds = 0;                    ///< with a sample of both
  std::optional<int> rounds_needed;  ///< if unresolved: about how many in all, those measured included
  double confidence = 0;
  double error = 0;  ///< of this comparison alone: the probability that its interval is wrong
  Basis basis = Basis::exact;
};

/// The verdict on any interval; `rounds` and `rounds_needed` are not set.
Comparison judge(const Interval& interval, const Claim& claim, Quantity quantity = Quantity::wall);

/// The verdict on the differences at the closing look for that number of rounds (adaptive_interval): it holds
/// whenever the rounds end, and whatever earlier looks said. `rounds` are those of that look; before the
/// first look the interval is unbounded.
Comparison compare(const Differences& differences, const Claim& claim, Quantity quantity = Quantity::wall,
                   int ends = 0);

/// The same for two series. `failed` if the variant dropped out. What was dropped early has no closing look.
Comparison compare(const Series& baseline, const Series& variant, const Claim& claim,
                   Quantity quantity = Quantity::wall, int ends = 0);

/// For long programs, with too few rounds (under 8) for ranks to say anything. Compares two of all the
/// series of a measurement, with the noise estimated from these two and all others that have their rounds:
/// x_ri = ln(time), s^2 = sum (x_ri - mean_r - mean_i + mean)^2 / ((k-1)(n-1)), over the n rounds of the
/// two, for k series; interval mean_variant - mean_baseline +- t(df, 1 - a/2) s sqrt(2/n), df = (k-1)(n-1):
/// the two-way analysis of variance without replication. It assumes normal noise, which cannot be checked
/// with so few rounds, so a is a fifth of the claim's error, and an effect under three times the noise floor
/// (percent, where known) stays unresolved. No value with fewer than 3 such rounds or if either dropped out.
/// The basis is "parametric".
std::optional<Comparison> compare_few_rounds(const std::vector<Series>& all, std::size_t baseline,
                                             std::size_t variant, const Claim& claim,
                                             std::optional<double> noise_floor_pct = std::nullopt,
                                             Quantity quantity = Quantity::wall);

/// About how many rounds it takes in all until the interval excludes zero or lies within +-precision,
/// whichever is sooner, with a power of 80 %: the first look of n >= ((z(1 - alpha_k/2) + 0.84) sigma /
/// delta)^2 / 0.955 rounds, where alpha_k is the error of that look, sigma = 1.4826 MAD(d), 0.955 = 3/pi is
/// the test's efficiency on normal data, and delta = max(|theta|, ln(1 + precision) - |theta|). No value if
/// delta is zero.
std::optional<int> rounds_to_resolve(const Differences& differences, double theta, const Claim& claim);

/// About how many rounds it takes in all until the interval's half-width is at most `half_width` (a
/// difference of logarithms, over 0): by the same formula, without the power.
int rounds_to_know(const Differences& differences, double half_width, const Claim& claim);

/// The same until the interval excludes `edge` (a difference of logarithms other than the estimate `theta`).
std::optional<int> rounds_to_place(const Differences& differences, double theta, double edge,
                                   const Claim& claim);

/// What makes a claim about wall time less certain than its interval says; none unless it is faster or
/// slower: "cpu!=wall": the interval of CPU time lies wholly on the other side of the wall time's, or claims
/// the opposite; "mean!=median": the ratio of the means says the opposite, by more than the precision;
/// "bimodal": the times of either program fall into two groups (is_bimodal).
std::vector<Flag> flags_of(const Series& baseline, const Series& variant, const Comparison& wall,
                           const Claim& claim, int ends = 0);

}  // namespace pgo_orch::measure
