#pragma once
// A build in which nothing is inlined yet: it knows the names of functions that no variant has any more.

#include <map>
#include <string>
#include <vector>

#include "orchestrator/build/variant_build.h"

namespace pgo_orch::orchestrator {

/// Names of all functions, readable, by program. Empty if the build fails: then they are not known.
std::map<std::string, std::vector<std::string>> names_without_optimization(const VariantPlan& plan,
                                                                           const Workshop& workshop);

}  // namespace pgo_orch::orchestrator
