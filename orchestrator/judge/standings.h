#pragma once
// What was timed, found by variant: the common ground of comparing and ranking.

#include <map>
#include <optional>
#include <string>

#include "measure/rounds/control.h"
#include "measure/rounds/rounds.h"
#include "measure/statistics/verdict.h"
#include "orchestrator/config/config.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// What all claims of a run have in common: of each timed variant but the baseline, for run time and for
/// memory, in each workload, and in all together; of the build of each that was built in rounds enough; and
/// the figures of goals and decisions (judge_figure.h).
measure::Claim claim_of(const Config& config, std::size_t timed_variants, std::size_t workloads,
                        const measure::Measured& builds);

/// A view of a run's rows and samples; refers to what it was made of.
class Standings {
 public:
  /// `builds`: the builds that were timed in rounds; without series if none were.
  Standings(const Config& config, const measure::Measurements& measurements, const measure::Measured& builds,
            const report::Results& results);

  const report::VariantResult& row(const std::string& name) const;
  const report::VariantResult& baseline() const { return row(results_.baseline); }
  /// The variant whose samples speak for this one: itself, or the one with the same code or settings.
  const report::VariantResult& timed(const report::VariantResult& variant) const;

  /// `other` against `base` in one workload; no value if either was not timed there.
  std::optional<measure::Comparison> compare(const std::string& workload, const report::VariantResult& base,
                                             const report::VariantResult& other,
                                             measure::Quantity quantity) const;
  /// The same for two of the series, by name: references have no rows.
  std::optional<measure::Comparison> compare_series(const std::string& workload, const std::string& base,
                                                    const std::string& other,
                                                    measure::Quantity quantity) const;
  /// The same over all workloads together, by their weights.
  std::optional<measure::Comparison> compare_combined(const report::VariantResult& base,
                                                      const report::VariantResult& other) const;
  std::optional<measure::Comparison> compare_combined_series(const std::string& base,
                                                             const std::string& other) const;

  /// The builds of both; no value if they were not timed in rounds.
  std::optional<measure::Comparison> compare_builds(const report::VariantResult& base,
                                                    const report::VariantResult& other) const;
  std::optional<measure::Comparison> compare_built_series(const std::string& base,
                                                          const std::string& other) const;
  /// Under which name the variant's build was timed.
  const std::string& built(const report::VariantResult& variant) const;

  /// What makes a comparison of the variant with the baseline less certain than its interval says
  /// (measure/statistics/flags.h).
  std::vector<std::string> flags(const std::string& workload, const report::VariantResult& variant,
                                 const measure::Comparison& comparison) const;
  std::vector<std::string> flags_of_series(const std::string& workload, const std::string& base,
                                           const std::string& other,
                                           const measure::Comparison& comparison) const;
  /// Whether the variant was taken out of the race in that workload.
  bool lost(const std::string& workload, const report::VariantResult& variant) const;
  /// Whether any of its runs there was stopped at the cap.
  bool capped(const std::string& workload, const report::VariantResult& variant) const;

  /// What the workload's control says, where one took part; and that of the builds.
  std::optional<measure::Control> control(const std::string& workload) const;
  std::optional<measure::Control> control_of_builds() const;
  std::optional<double> build_noise_floor_pct() const;

  const measure::Measurements& measurements() const { return measurements_; }

 private:
  /// By the bounds alone.
  measure::Verdict verdict_of(const measure::Comparison& comparison) const;
  /// Position of the variant's samples among those of a workload; and of its builds.
  std::optional<std::size_t> position(const measure::Measured& measured,
                                      const report::VariantResult& variant) const;
  std::optional<std::size_t> position_of_build(const report::VariantResult& variant) const;
  std::optional<measure::Control> control(const measure::Measured& measured,
                                          std::optional<std::size_t> base) const;

  const Config& config_;
  const measure::Measurements& measurements_;
  const measure::Measured& builds_;
  const report::Results& results_;
  measure::Claim claim_;
};

}  // namespace pgo_orch::orchestrator
