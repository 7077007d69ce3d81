#pragma once
// What was timed, and what can be said of it: the common ground of comparing and ranking. Everything is by
// the id of a series: a variant's runs may have been timed as another's.

#include <optional>
#include <string>

#include "measure/rounds/race.h"
#include "measure/rounds/rounds.h"
#include "measure/statistics/verdict.h"
#include "orchestrator/judge/evidence.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// How many comparisons with what a variant is without training with a workload (HeldOut::loss) can be made
/// of these rows, if these workloads are timed.
std::size_t losses_among(const report::Rows& rows, const std::vector<std::string>& workloads);

/// What all claims of a run share, each with the same part of the error: the runs of each timed variant but
/// the baseline, in each workload and in all together; the build of each that was built in enough rounds;
/// `losses` (losses_among); and the figures of goals and decisions (figure.h).
measure::Claim claim_of(const Config& config, std::size_t timed_variants, std::size_t workloads,
                        const measure::Measured& builds, std::size_t losses = 0);

/// One of the claims that are made about the same runs: memory, which varies little, gets a tenth of the
/// error; run time two thirds of the rest and CPU time a third, or run time all of it without `cpu` in
/// [measure] `metrics`.
measure::Claim claim_about(measure::Quantity quantity, measure::Claim claim, const Measure& measure);
bool claims_cpu_time(const Measure& measure);

measure::Quantity quantity_of(measure::Metric metric);

/// What bounds in percent say; `precision` is a fraction.
measure::Verdict verdict_of(const std::optional<double>& lo, const std::optional<double>& hi,
                            double precision);

/// Everything that was timed in rounds.
struct Timings {
  const measure::Measurements& runs;
  const measure::Measured& builds;  ///< without series if each build was timed once
};

/// In all workloads together, or in one.
using Scope = std::optional<std::string>;

/// A view of a run's rows and samples; refers to what it was made of.
class Standings {
 public:
  Standings(const Config& config, const Timings& timings, const report::Rows& rows);

  const report::VariantResult& baseline() const { return rows_.variants[baseline_]; }
  SeriesId id(const report::VariantResult& variant) const { return rows_.id(variant); }
  /// As what the variant's runs were timed: itself, or the one with the same code or settings.
  SeriesId timed(const report::VariantResult& variant) const { return rows_.id(rows_.original(variant)); }
  /// As what its builds were timed. The same code may have taken other builds; the same settings have not.
  SeriesId built(const report::VariantResult& variant) const { return rows_.id(rows_.built_as(variant)); }

  /// `other` against `base`; no value if either was not timed there. All together, by the workloads' weights,
  /// not for memory.
  std::optional<measure::Comparison> compare(const Scope& scope, SeriesId base, SeriesId other,
                                             measure::Quantity quantity) const;
  std::optional<measure::Comparison> compare_builds(SeriesId base, SeriesId other) const;

  /// What makes a comparison with the baseline less certain than its interval says.
  std::vector<measure::Flag> flags(const std::string& workload, SeriesId other,
                                   const measure::Comparison& comparison) const;
  /// Whether it was dropped early, there or in every workload.
  bool lost(const Scope& scope, SeriesId id) const;
  /// Whether any of its runs there was stopped at the cap.
  bool capped(const std::string& workload, SeriesId id) const;

  /// What the control of a workload, or of the builds, says; no value: there was none.
  std::optional<measure::Control> control(const std::string& workload, measure::Quantity quantity) const;
  std::optional<measure::Control> control_of_builds() const;
  std::optional<double> build_noise_floor_pct() const;

  /// What the guard of the workload says of a comparison with the baseline there; no value: nothing.
  std::optional<measure::Flag> guard(const std::string& workload, measure::Quantity quantity,
                                     const report::Comparison& comparison) const;

  const measure::Measurements& measurements() const { return timings_.runs; }

 private:
  std::optional<measure::Comparison> compare_combined(SeriesId base, SeriesId other,
                                                      measure::Quantity quantity) const;
  bool is_reference(SeriesId id) const { return id >= rows_.variants.size() && id != measure::control_id; }

  const Config& config_;
  Timings timings_;
  const report::Rows& rows_;
  std::size_t baseline_;
  measure::Claim claim_;
};

}  // namespace pgo_orch::orchestrator
