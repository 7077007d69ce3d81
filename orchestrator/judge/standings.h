#pragma once
// What was timed, and what can be said of it: the common ground of comparing and ranking. Everything is by
// the name of a series: a variant's runs may have been timed under another's name, a reference has a series
// and no row.

#include <optional>
#include <string>

#include "measure/rounds/race.h"
#include "measure/rounds/rounds.h"
#include "measure/statistics/verdict.h"
#include "orchestrator/config/config.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// What all claims of a run share. The claims are: run time and memory of each timed variant but the
/// baseline, in each workload and in all together; the build of each that was built in enough rounds; and the
/// figures of goals and decisions (figure.h).
measure::Claim claim_of(const Config& config, std::size_t timed_variants, std::size_t workloads,
                        const measure::Measured& builds);

/// What bounds in percent say; `precision` is a fraction.
measure::Verdict verdict_of(const std::optional<double>& lo, const std::optional<double>& hi,
                            double precision);

/// Null: there is none.
const report::VariantResult* find_variant(const report::Results& results, const std::string& name);

/// In all workloads together, or in one.
using Scope = std::optional<std::string>;

/// A view of a run's rows and samples; refers to what it was made of.
class Standings {
 public:
  /// `builds`: the builds that were timed in rounds; without series if none were.
  Standings(const Config& config, const measure::Measurements& measurements, const measure::Measured& builds,
            const report::Results& results);

  const report::VariantResult& baseline() const { return *find_variant(results_, results_.baseline); }
  /// The name under which the variant's runs were timed: its own, or that of the one with the same code or
  /// settings.
  const std::string& timed(const report::VariantResult& variant) const;
  /// The name under which its builds were timed. The same code may have taken other builds; the same settings
  /// have not.
  const std::string& built(const report::VariantResult& variant) const;

  /// `other` against `base`; no value if either was not timed there. All together, by the workloads' weights,
  /// only for run times.
  std::optional<measure::Comparison> compare(const Scope& scope, const std::string& base,
                                             const std::string& other, measure::Quantity quantity) const;
  std::optional<measure::Comparison> compare_builds(const std::string& base, const std::string& other) const;

  /// What makes a comparison with the baseline less certain than its interval says.
  std::vector<measure::Flag> flags(const std::string& workload, const std::string& other,
                                   const measure::Comparison& comparison) const;
  /// Whether it was dropped early, there or in every workload.
  bool lost(const Scope& scope, const std::string& name) const;
  /// Whether any of its runs there was stopped at the cap.
  bool capped(const std::string& workload, const std::string& name) const;

  /// What the control of a workload, or of the builds, says; no value: there was none.
  std::optional<measure::Control> control(const std::string& workload) const;
  std::optional<measure::Control> control_of_builds() const;
  std::optional<double> build_noise_floor_pct() const;

  const measure::Measurements& measurements() const { return measurements_; }

 private:
  std::optional<measure::Comparison> compare_combined(const std::string& base,
                                                      const std::string& other) const;

  const Config& config_;
  const measure::Measurements& measurements_;
  const measure::Measured& builds_;
  const report::Results& results_;
  measure::Claim claim_;
};

}  // namespace pgo_orch::orchestrator
