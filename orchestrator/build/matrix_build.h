#pragma once
// All chosen variants, built and checked: the baseline first and alone, then the others.

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/build/check.h"
#include "orchestrator/build/variant_build.h"
#include "orchestrator/plan/planner.h"
#include "orchestrator/store/journal.h"
#include "report/progress.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// How the variants are built.
struct MatrixOptions {
  bool fresh = false;  ///< forget what earlier runs built
  bool fail_fast = false;
  Nanoseconds measuring{};  ///< how long measuring may take afterwards; zero: nothing is measured
  /// By this moment of the steady clock no more builds begin, so that there is time left to measure.
  std::optional<Nanoseconds> until;
};

class MatrixBuild {
 public:
  /// `plans`: the chosen variants in the order of the configuration, the baseline among them. `workloads`:
  /// those to check. Refers to all but the options.
  MatrixBuild(const std::vector<VariantPlan>& plans, const MatrixOptions& options,
              std::vector<Workload> workloads, const Workshop& workshop, const Unfinished& earlier);

  /// The baseline, first and alone. All that comes after rests on it: false if it is not ok.
  bool build_baseline();
  /// The figure that decides whether the variant at an index of the configuration is built.
  using JudgeCondition = std::function<std::optional<report::ConditionResult>(std::size_t index)>;
  /// Everything else. Variants with equal settings are built once; those with equal code are marked
  /// identical.
  void build_others(const JudgeCondition& judge);
  /// One row for each chosen variant, in the order of the configuration; what was not reached is `skipped`,
  /// saying why.
  std::vector<report::VariantResult> finish();
  const report::VariantResult& baseline() const { return rows_[baseline_]; }
  /// As far as they are built.
  const std::vector<report::VariantResult>& rows() const { return rows_; }
  const VariantPlan& baseline_plan() const { return plans_[baseline_]; }

  /// What checks noticed beside outputs.
  const std::vector<std::string>& notes() const { return notes_; }

  /// Knows what the baseline printed, once it is built.
  Checker& checker() { return checker_; }

 private:
  void build_all(const std::vector<std::size_t>& positions);
  void build(std::size_t position);
  std::string why_untrained(const VariantPlan& plan);
  void say_what_is_known();
  void say_what_is_to_come(Nanoseconds baseline);
  Nanoseconds least_measuring() const;
  std::optional<report::ConditionResult> condition_of(std::size_t position, const std::string& name) const;
  void check(report::VariantResult& row, const VariantPlan& plan);
  std::optional<std::string> same_settings(const VariantPlan& plan, std::size_t position);
  std::filesystem::path sources_record() const { return workshop_.journal.folder() / "sources.jsonl"; }
  const report::VariantResult* kept_row(const std::string& name) const;
  void skip_rest(const std::string& reason);
  void find_identical();
  bool is_late() const;

  const std::vector<VariantPlan>& plans_;
  MatrixOptions options_;
  const Workshop& workshop_;
  const Unfinished& earlier_;
  Checker checker_;
  std::size_t baseline_;  ///< position of the baseline among the chosen
  std::vector<report::VariantResult> rows_;
  JudgeCondition judge_condition_;
  std::map<std::string, std::size_t> built_;  ///< canonical settings -> the position that builds them
  std::atomic<bool> failed_{false};
  std::atomic<std::size_t> started_{0};  ///< variants, for "n of m"
  std::mutex mutex_;                     ///< of everything above that changes
  std::vector<std::string> notes_;
  bool same_sources_ = false;  ///< as the interrupted run
  std::mutex checking_;        ///< one check at a time: programs are run as they will be timed
};

}  // namespace pgo_orch::orchestrator
