#pragma once
// What the command line chooses of pgo.toml: variants and workloads, by shell globs.

#include <cstddef>
#include <string>
#include <vector>

#include "orchestrator/config/config.h"

namespace pgo_orch::orchestrator {

/// What a run or a plan is made for.
struct Selection {
  std::vector<std::string> variants;   ///< globs; empty: all
  std::vector<std::string> workloads;  ///< globs; empty: all
};

/// Whether a name is chosen by shell globs; no globs choose everything.
bool matches(const std::vector<std::string>& globs, const std::string& name);

/// The variants that the globs choose (none: all), those whose training they use, and the baseline. Error: a
/// glob that no variant matches.
std::vector<std::size_t> choose_variants(const Config& config, const std::vector<std::string>& globs);

/// The workloads that the globs choose (none: all). Error: a glob that no workload matches.
std::vector<Workload> choose_workloads(const Config& config, const std::vector<Workload>& workloads,
                                       const std::vector<std::string>& globs);

}  // namespace pgo_orch::orchestrator
