#pragma once
// Inside the runner: a small process that outlives this one by a moment, to end what a SIGKILL of
// it leaves behind.

#include <sys/types.h>

namespace pgo_orch::toolchains {

/// Forks the guardian, once. It knows the sessions below and kills them when this process is gone.
void start_guardian();

/// Its process, which is a child like any other to the kernel; -1 if it was not started.
pid_t guardian_pid();

/// Entrusts a session to the guardian. Called by the session's first process before its exec, so that there
/// is no moment at which it runs unknown; safe after a fork.
void entrust(pid_t session);

/// The session is over. To be called before its leader is reaped, which frees the number for others.
void release(pid_t session);

}  // namespace pgo_orch::toolchains
