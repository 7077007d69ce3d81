#pragma once
// Saved profiles: refused before anything is built if they cannot be what the variant needs, and what is
// known of a profile in the state folder that may be saved.

#include <map>
#include <string>
#include <vector>

#include "orchestrator/build/source_watch.h"
#include "orchestrator/build/step_result.h"
#include "orchestrator/build/training.h"
#include "orchestrator/plan/planner.h"

namespace pgo_orch::orchestrator {

/// Why the variant's saved profile would have no effect, or do harm, and what to do; "": nothing is wrong, or
/// it has none. rustc itself only warns of a broken one, and takes an empty one without a word.
std::string problem_of_saved_profile(const VariantPlan& plan, const Planner& planner,
                                     toolchains::Runner& runner);

/// Writes the script that gives rustc the names of the saved profile, as of today's Cargo.lock, and that
/// profile as rustc is to have it. What was
/// built with other names is removed. Nothing to do where the step pins none.
StepResult prepare_pinning(const pgo::BuildStep& step, toolchains::Runner& runner,
                           std::vector<std::string>& remarks);

/// The step that builds what trains; null: the variant does not train, or not by cargo.
const pgo::BuildStep* instrumented_build(const VariantPlan& plan);

/// Notes beside a profile that was just trained what it was made of.
void keep_training_state(const Training& training, const pgo::BuildStep* instrumented, SourceWatch& sources);

/// Whether the profile in the state folder is what training would give today, as far as can be told without
/// building: sources, settings, tools, and inputs are the same. "": it is; else what is not.
std::string why_not_current(const VariantPlan& plan, const Planner& planner);

/// The variant's settings, and the manifest's where it has none: values as JSON text.
std::map<std::string, std::string> settings_in_force(const VariantPlan& plan, const Planner& planner);

/// What was trained and how, but for the profile itself. Error: cargo's record of the instrumented build is
/// lost.
pgo::Provenance origin_of_training(const VariantPlan& plan, const Planner& planner);

/// Digests of what each workload's training depended on.
std::vector<pgo::SavedWorkload> trained_workloads(const VariantPlan& plan);

}  // namespace pgo_orch::orchestrator
