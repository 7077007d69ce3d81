#pragma once
// What tests and intervals are about: for each round, how much longer one program took than another, as a
// logarithm.

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "measure/statistics/series.h"

namespace pgo_orch::measure {

enum class Quantity { wall, cpu, memory };  ///< cpu: user and system together; memory: the peak

/// ln(variant) - ln(baseline); negative: the variant took less. Where a run was stopped at the cap the truth
/// lies between bounds: above `least` if the variant's was, below `most` if the baseline's was, anywhere if
/// both were.
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

/// The noise floor in percent: the standard deviation of an A/A pair's effect (the median difference) over
/// the blocks of `renew_every` rounds between renewals of the copies. No value with fewer than two blocks.
std::optional<double> noise_floor_pct(const Differences& control, int renew_every = 10);

}  // namespace pgo_orch::measure
