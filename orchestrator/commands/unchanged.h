#pragma once
// Whether the run that recommends a variant was of what is there today.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/plan/planner.h"
#include "orchestrator/store/layout.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

struct Today {
  const Planner& planner;
  const Layout& layout;  ///< of runs
  const VariantPlan& plan;
  const std::map<std::string, report::Tool>& tools;
  const std::vector<report::Corpus>& corpora;
  const std::filesystem::path& out;  ///< where releases are made: none of its files is an input
};

/// Error: a source, a workload, its inputs or a corpus is another one than in the run; so is, if that was of
/// the same target, a tool, a flag for rustc, or a profile setting outside of Cargo.toml.
void demand_unchanged(const report::Results& results, const Today& today);

}  // namespace pgo_orch::orchestrator
