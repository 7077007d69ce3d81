#pragma once
// A variant's programs linked with their sections in other orders.

#include "orchestrator/plan/planner.h"

namespace pgo_orch::orchestrator {

/// Links them all, into `shuffling.folder`, which is emptied first. Error: that failed, and why.
void link_in_other_orders(const pgo::Shuffling& shuffling, const Planner& planner,
                          toolchains::Runner& runner);

}  // namespace pgo_orch::orchestrator
