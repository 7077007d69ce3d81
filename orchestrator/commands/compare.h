#pragma once
// `pgo-orch compare`: how the variants that two runs have in common changed.

#include <filesystem>
#include <string>
#include <vector>

#include "report/results.h"
#include "report/run_changes.h"

namespace pgo_orch::orchestrator {

/// Whether the baseline of both runs is the same code for the same target, so that both can be
/// compared with it.
bool share_baseline(const report::Results& before, const report::Results& after);

/// The run times of the variants that both runs have, in the order of the later one. Only times of the same
/// round can be compared exactly, so each variant is taken against its own run's baseline: ln(after) -
/// ln(before), with the interval [lo_after - hi_before, hi_after - lo_before]. It holds with a probability of
/// at least the sum of both confidences less one. If the baselines differ, this is the change of the gain
/// over the baseline, not of the program.
std::vector<report::Comparison> changes_between(const report::Results& before, const report::Results& after);

/// From a results.json, or the folder of a run. Error: there is none, or it can't be read.
report::Results load_results(const std::filesystem::path& given);

/// Error: the runs have nothing in common.
report::RunChanges describe(const report::Results& before, const report::Results& after);

/// What `compare` prints.
std::string to_text(const report::RunChanges& changes, bool color);
std::string to_json_text(const report::RunChanges& changes);

/// Whether any variant is shown to be slower, by an estimate of at least `allowed` percent.
bool got_slower(const std::vector<report::Comparison>& changes, double allowed);

/// The same for two runs. Error: their baselines are not the same code.
bool got_slower(const report::Results& before, const report::Results& after, double allowed);

}  // namespace pgo_orch::orchestrator
