#pragma once
// What changed between two runs, and how it is shown.

#include <string>
#include <vector>

#include "report/build_diff.h"
#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

/// The later run against the earlier one.
struct RunChanges {
  std::string before, after;         ///< their ids
  bool same_baseline = false;        ///< the baseline of both is the same code for the same target
  std::vector<std::string> remarks;  ///< what must be known to read it
  double confidence = 0;             ///< of each interval
  double precision = 0;              ///< smaller changes do not matter; 0.01: one percent
  std::vector<Comparison> runs;      ///< run times, of the variants and workloads that both runs have
  std::vector<BuildChange> builds;   ///< the largest first
};

/// "2026-11-30T09-12-43Z-1a2b against 2026-11-29T17-03-11Z-9f3c"
std::string title_of(const RunChanges& changes);

Table run_changes_table(const std::vector<Comparison>& runs, double confidence);

/// What there is of both kinds; of builds the largest changes.
std::vector<Table> tables_of(const RunChanges& changes);

std::string to_markdown(const RunChanges& changes);

/// One page for a browser, as to_html() of a run.
std::string to_html(const RunChanges& changes);

}  // namespace pgo_orch::report
