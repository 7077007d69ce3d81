#pragma once
// A table of pgo.toml that stands for several: `each = { project = ["a", "b"] }`.

#include <functional>

#include "orchestrator/config/reader.h"

namespace pgo_orch::orchestrator {

/// Calls `use` once for each combination of the values that the table's `each` lists: {each.KEY} is replaced
/// in all of its strings meanwhile, and the name ends with "-VALUE" unless it has a placeholder of its own.
/// Without `each`, or with one that is wrong (which reading the table reports), once with the table as it is.
void for_each_version(toml::table& table, Reading& reading, const std::function<void()>& use);

}  // namespace pgo_orch::orchestrator
