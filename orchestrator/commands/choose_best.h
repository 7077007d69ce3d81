#pragma once
// `best` on the command line: the variant that a run recommends.

#include <cstddef>
#include <string>

#include "orchestrator/config/config.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// The index in the configuration. `where`: the file of the results, for messages. Errors: the run recommends
/// none; it is not portable, and neither is any that was as fast (unless `allow_native`); it is not in
/// pgo.toml any more, or has other settings now.
std::size_t choose_best(const Config& config, const report::Results& results, const std::string& where,
                        bool allow_native);

/// The index of the variant with this name. Error: there is none.
std::size_t find_variant(const Config& config, const std::string& name);

}  // namespace pgo_orch::orchestrator
