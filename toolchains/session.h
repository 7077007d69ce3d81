#pragma once
// Inside the runner: the children of this process.

#include <sys/types.h>

#include <vector>

namespace pgo_orch::toolchains {

/// Makes this process the parent of its descendants' orphans, so that they can be waited for (prctl(2)).
void adopt_orphans();

/// Children of this process that are alive or not reaped yet, adopted ones included.
std::vector<pid_t> own_children();

}  // namespace pgo_orch::toolchains
