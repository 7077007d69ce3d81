#pragma once
// `pgo-orch compare`: two runs' common variants, and what can be said of them across time.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "report/results.h"

namespace pgo_orch::orchestrator {

/// How a variant of one run stands to the same one of an earlier run.
struct Change {
  std::string variant;
  std::optional<std::string> workload;  ///< no value: all together
  std::optional<report::Percent> effect, lo, hi;
  report::Verdict verdict = report::Verdict::unresolved;
};

/// Whether the baseline of both runs is the same code for the same target: then it is what both are measured
/// by.
bool share_baseline(const report::Results& before, const report::Results& after);

/// The run times of the variants that both runs have, in the order of the later one. Only runs of one round
/// are exactly comparable, so each is taken against its own run's baseline: ln(after) - ln(before), the
/// intervals [lo_after - hi_before, hi_after - lo_before]. They hold with a probability of at least the sum
/// of both confidences less one. With another baseline in either run this says how what is gained over the
/// baseline changed, not how the program did.
std::vector<Change> changes_between(const report::Results& before, const report::Results& after);

struct CompareOptions {
  std::filesystem::path before, after;
  std::optional<double> fail_if_slower;  ///< percent
  bool color_out = false;
};

/// Prints the changes. Exit code 1 if a variant is shown to be slower, by an estimate of at least what is
/// allowed.
int compare(const CompareOptions& options);

/// A results.json, or the folder of a run. Error: there is none, or it can't be read.
report::Results load_results(const std::filesystem::path& given);

/// What `compare` prints. Error: nothing in common.
std::string describe_changes(const report::Results& before, const report::Results& after, bool color);

/// Whether a change is shown, and its estimate is at least so many percent.
bool got_slower(const std::vector<Change>& changes, double allowed);

/// The same for two runs. Error: their baselines are other code, so that nothing can be said of it.
bool got_slower(const report::Results& before, const report::Results& after, double allowed);

}  // namespace pgo_orch::orchestrator
