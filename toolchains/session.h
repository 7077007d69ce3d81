#pragma once
// Inside the runner: the children of this process.

#include <sys/types.h>

#include <vector>

namespace pgo_orch::toolchains {

/// Makes this process the parent of its descendants' orphans, so that they can be waited for (prctl(2)).
void adopt_orphans();

/// Undoes what may have been inherited and would stand in the way: standard streams that are closed, whose
/// numbers the next file would get, and ends of children that are ignored, so that nobody can wait for them.
/// Call first in main.
void settle_in();

/// Children of this process that are alive or not reaped yet, adopted ones included.
std::vector<pid_t> own_children();

}  // namespace pgo_orch::toolchains
