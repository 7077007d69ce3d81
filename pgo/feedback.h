#pragma once
// Inside the steps: those of a feedback build that are the same whoever compiles.

#include "pgo/recipe.h"

namespace pgo_orch::pgo {

/// What rustc is given in a stage beside the variant's own flags.
std::vector<profiles::Flag> feedback_flags(const Recipe& recipe, Stage stage);

/// LLVM's option for the share of all counts that hot code makes up.
std::string hot_cutoff_option(double fraction);

/// Training, each workload by itself, and the merge.
std::vector<Step> training_steps(const Recipe& recipe);

/// Without the units of the stages, which are cargo's.
ProveStep prove_step(const Recipe& recipe);
StripStep strip_step(const Recipe& recipe);

}  // namespace pgo_orch::pgo
