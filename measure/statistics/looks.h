#pragma once
// Sequential testing: a comparison is looked at several times while rounds go on, and may end at any of these
// looks. The error that a claim may make is spent over them, so that all its looks together keep it.

#include <optional>

namespace pgo_orch::measure {

/// A look at the first `rounds` rounds, in which a claim may err with probability `alpha`.
struct Look {
  int rounds = 0;
  double alpha = 0;
};

/// The least number of rounds above `rounds` at which comparisons are looked at: ceil(8 * 1.5^i) for i = 0,
/// 1, ..., which is 8, 12, 18, 27, 41, 61, 92, 137, ... The numbers are fixed beforehand, so what a look saw
/// cannot move the next one, and a measurement that was resumed has the looks of one that was not.
int next_look(int rounds);

/// The latest look at no more than `rounds` rounds, for a claim that may err with `alpha` in all. Looks are
/// counted from the first one at which the test can reject at all, 2^(1-n) <= 0.06 alpha; none before it.
/// Each of the first 15 may err with 0.06 alpha, the k-th after them with a tenth of 6 alpha / (pi^2 k^2),
/// which sums to alpha over all there can ever be (Euler 1740). Any sequence with that sum is valid. Spending
/// it as 6 alpha / (pi^2 k^2) from the first look on leaves the ninth look an eighth of this, which costs a
/// third more rounds at differences of a per cent, and gains four rounds at large ones.
std::optional<Look> latest_look(int rounds, double alpha);

/// The number of rounds of that first look.
int first_look(double alpha);

}  // namespace pgo_orch::measure
