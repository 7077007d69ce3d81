#pragma once
// From raw times to comparisons, the best of each metric, and a sentence.

#include "orchestrator/judge/standings.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Compares all rows but those that `leave-one-out` added with the baseline, without ranking them. The
/// confidence holds for all measured claims together.
report::Verdicts compare_with_baseline(const Config& config, const Timings& timings,
                                       const report::Rows& rows);

/// What `leave-one-out` added, compared with the baseline and with what it was made of.
std::vector<report::HeldOut> compare_left_out(const Config& config, const Timings& timings,
                                              const report::Rows& rows);

/// The best of each metric and what is not distinguishable from it.
report::Best rank(const Config& config, const Timings& timings, const report::Rows& rows,
                  const report::Verdicts& compared);

/// The variant that the sentence is about, of those that are best in all workloads together: the baseline, if
/// it is among them; else what is shown to be faster than it, then the shorter build, the smaller file, the
/// earlier line. Null: nothing was measured.
///
/// A change must be worth something: what is faster by less than `precision`, or by less than two copies of
/// the baseline differ, is not recommended; nor is what a guard vetoes. Where run time tells nothing apart,
/// CPU time may: then it is the variant that is shown to take the least.
const report::VariantResult* recommended(const report::Rows& rows, const report::Verdicts& verdicts,
                                         double precision);

/// "pgo is 12.0 % faster than baseline [11.1, 12.8]; its build takes 2.3 times as long. Use it." Only what
/// the verdicts say. `precision`: differences below this fraction don't matter.
std::string recommend(const report::Rows& rows, const report::Verdicts& verdicts, double precision);

/// Whether it is shown to be slower in a workload by more than the guard allows.
bool is_vetoed(const std::string& variant, const report::Verdicts& verdicts);

/// What building a variant took, or its executables' size together; no value if unknown.
std::optional<double> build_seconds(const report::VariantResult& variant);
std::optional<double> size_bytes(const report::VariantResult& variant);

}  // namespace pgo_orch::orchestrator
