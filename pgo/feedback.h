#pragma once
// Inside the steps: those of a feedback build that are the same whoever compiles.

#include "pgo/recipe.h"

namespace pgo_orch::pgo {

/// Training, each workload by itself, and the merge.
std::vector<Step> training_steps(const Recipe& recipe);

/// Without the units of the stages, which are cargo's.
ProveStep prove_step(const Recipe& recipe);
StripStep strip_step(const Recipe& recipe);

}  // namespace pgo_orch::pgo
