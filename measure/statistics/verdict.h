#pragma once
// What may be said about a variant, and how surely.

#include <optional>

#include "measure/schema.h"
#include "measure/statistics/differences.h"
#include "measure/statistics/signed_rank.h"

namespace pgo_orch::measure {

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
  int claims = 1;            ///< m: each gets an error of (1 - confidence) / m (Bonferroni)
  double precision = 0.01;   ///< fraction: differences below it don't matter
  double alpha() const { return (1 - confidence) / claims; }
};

/// A variant against the baseline, in percent of the baseline; negative is less.
struct Comparison {
  std::optional<double> effect_pct;  ///< none: no round has both
  std::optional<double> lo_pct;      ///< none: unbounded
  std::optional<double> hi_pct;
  Verdict verdict = Verdict::unresolved;
  int rounds = 0;                    ///< with a sample of both
  std::optional<int> rounds_needed;  ///< if unresolved: about how many it takes in all, the ones had included
  double confidence = 0;
  Basis basis = Basis::exact;
};

/// What an interval says, whatever it was made with; `rounds` and `rounds_needed` are not set.
Comparison judge(const Interval& interval, const Claim& claim, Quantity quantity = Quantity::wall);

/// The verdict on the differences, at the latest look there is for so many (looks.h): it holds whenever the
/// rounds end, and whatever earlier looks said. `rounds` are those of that look; before the first one the
/// interval is unbounded.
Comparison compare(const Differences& differences, const Claim& claim, Quantity quantity = Quantity::wall);

/// The same for two series. `failed` if the variant dropped out.
Comparison compare(const Series& baseline, const Series& variant, const Claim& claim,
                   Quantity quantity = Quantity::wall);

/// About how many rounds it takes in all until the interval excludes zero or lies within +-precision,
/// whichever is sooner, with a power of 80 %: the first look of n >= ((z(1 - alpha_k/2) + 0.84) sigma /
/// delta)^2 / 0.955 rounds, where alpha_k is the error of that look, sigma = 1.4826 MAD(d), 0.955 = 3/pi is
/// the test's efficiency on normal data, and delta = max(|theta|, ln(1 + precision) - |theta|). No value if
/// delta is zero.
std::optional<int> rounds_to_resolve(const Differences& differences, double theta, const Claim& claim);

}  // namespace pgo_orch::measure
