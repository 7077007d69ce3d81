#pragma once
// Which variant is meant by a name or by `best`, and whether the run that says so was of what is there today.

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "orchestrator/config/config.h"
#include "orchestrator/plan/planner.h"
#include "report/progress.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

struct Asked {
  std::string variant;            ///< a name, or "best"
  std::filesystem::path results;  ///< empty: the latest run's
  bool allow_native = false;      ///< `best` may be built for this CPU only
};

/// A variant of pgo.toml, and the run that says it is the best.
struct Choice {
  Variant variant;
  std::optional<report::Results> results;
};

/// Errors: there is no such variant, no run, or one that recommends nothing.
Choice choose(const Config& config, const Asked& asked, const Layout& layout, report::Progress& progress);

/// Error unless the run was of today's sources, tools and settings of the variant.
void demand_same_sources(const report::Results& results, const Layout& layout);
void demand_same_tools(const report::Results& results, const std::map<std::string, report::Tool>& tools);
void demand_same_settings(const report::Results& results, const VariantPlan& plan, const Config& config);

}  // namespace pgo_orch::orchestrator
