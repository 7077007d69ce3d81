#pragma once
// Which variant is meant by a name or by `best`.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "orchestrator/config/config.h"
#include "orchestrator/plan/planner.h"
#include "orchestrator/store/layout.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

struct Asked {
  std::string variant;            ///< a name, or "best"
  std::filesystem::path results;  ///< that say what is best; empty: the latest run's
  bool allow_native = false;      ///< `best` may be built for this CPU only
};

struct Choice {
  std::size_t index = 0;                   ///< in the configuration
  std::optional<report::Results> results;  ///< of `best`: the run that recommends it
  std::optional<report::Results> latest;   ///< of a name: the latest run, if that had it with these settings
  std::string said;                        ///< of `best`: why, for the user
};

/// Of `best` the portable one that gains most, unless `allow_native`. Errors: there is no such variant, no
/// run, one that recommends none or was interrupted; none of the faster ones is portable; the variant is not
/// in pgo.toml any more, or has other settings now.
Choice choose(const Config& config, const Asked& asked, const Layout& layout);

/// The index of the variant with this name. Error: there is none.
std::size_t find_variant(const Config& config, const std::string& name);

/// Error: the run shows it to be slower than its baseline in a workload, by more than the guard allows; or,
/// unless `accept_open`, cannot exclude that.
void demand_within_guard(const report::Results& results, const std::string& variant, bool accept_open);

/// Error: what is built runs on CPUs like this one only.
void demand_portable(const VariantPlan& plan);

}  // namespace pgo_orch::orchestrator
