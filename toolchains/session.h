#pragma once
// Inside the runner: the processes of a session, and what they used.

#include <sys/resource.h>
#include <sys/types.h>

#include <vector>

#include "toolchains/command.h"

namespace pgo_orch::toolchains {

/// Makes this process the parent of its descendants' orphans, so that they can be waited for (prctl(2)).
void adopt_orphans();

/// Sends a signal to every process of the session, whatever group it moved to.
void signal_session(pid_t session, int signal);

/// Children of this process that are alive or not reaped yet, adopted ones included.
std::vector<pid_t> own_children();

/// Reaps a child and adds what it and the children that it waited for used. Sets how it ended if it is the
/// leader. Waits for it if it still runs.
void reap_leader(pid_t leader, Outcome& outcome);

/// Reaps all adopted processes of the session that have ended, adding what they used, and returns the living.
/// Once the leader has ended, none left means that the whole session has ended.
std::vector<pid_t> reap_orphans(pid_t session, Outcome& outcome);

}  // namespace pgo_orch::toolchains
