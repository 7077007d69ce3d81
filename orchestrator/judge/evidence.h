#pragma once
// What judging is based on: figures with their intervals, and what was measured of a variant or a reference.

#include <optional>
#include <string>
#include <vector>

#include "measure/statistics/intervals.h"
#include "measure/statistics/series.h"
#include "measure/statistics/verdict.h"
#include "orchestrator/config/config.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// A figure (seconds, bytes, or a ratio) and an interval that holds the true one.
struct Known {
  std::optional<double> value;
  std::optional<double> lo;  ///< none: unbounded
  std::optional<double> hi;
  std::string reason;  ///< why there is no value, or no interval; or what makes it wider

  /// For planning: logarithms, one for each round, whose centre is that of the value.
  std::vector<double> logs;
  double rounds_factor = 1;  ///< rounds needed for one that the signed-rank test needs

  bool bounded() const { return lo && hi; }
};

Known unknown(std::string reason);
/// Without noise.
Known exactly(double value);
/// The interval, widened to include the value.
Known known_within(std::optional<double> value, const measure::Interval& interval);

struct Weighted {
  double weight = 1;
  Known known;
};

/// Each bound is of the worst case: it holds if the intervals that it is made of do. What is missing in one
/// is missing in the result, which has the first reason.
Known weighted_sum(const std::vector<Weighted>& parts);
Known largest(const std::vector<Known>& parts);
Known product(const Known& a, const Known& b);   ///< of figures that are not negative
Known quotient(const Known& a, const Known& b);  ///< of figures that are not negative

struct Evidence {
  const Config& config;
  const report::Results& results;
  measure::Claim claim;

  /// Null: the workload was not measured.
  const report::Benchmark* benchmark(const std::string& workload) const;
};

/// A series has the id of the row that it was timed as.
using SeriesId = measure::ContenderId;

/// A variant or a reference that is judged.
struct Party {
  std::string name;
  bool reference = false;
  std::string measured_as;  ///< the name of its samples and phases: a variant's own, or that of the same code
  const report::Build* build = nullptr;            ///< its own; null: none was timed
  const report::VariantResult* variant = nullptr;  ///< null: it is a reference
  report::Status status = report::Status::ok;
  std::string out;  ///< why it is not ok; empty: it is
  SeriesId id = 0;
  SeriesId timed = 0;  ///< as what its runs were timed: itself, or the one with the same code or settings
  SeriesId built = 0;  ///< the same of its builds, only with the same settings
};

Party party_of(const report::VariantResult& row, const report::Rows& rows);
Party party_of(const report::ReferenceResult& row, const report::Rows& rows);
/// By a name in pgo.toml, which may not be part of this run.
Party find_party(const Evidence& evidence, const std::string& name);

/// The samples of the party in the workload; null: it was not timed there.
const report::Samples* samples_of(const report::Benchmark& benchmark, const Party& party);

/// As they were measured; what results don't keep is zero.
measure::Series to_series(const report::Samples& samples);

/// The variant that "best" means for this metric: of builds the best build, of sizes the smallest, of
/// anything else the recommended one. Of equals the one with the shorter build, then the smaller file, then
/// the earlier line. Null: nothing was measured.
const report::VariantResult* best_for(GoalMetric metric, const report::Results& results);

}  // namespace pgo_orch::orchestrator
