#pragma once
// Inside the runner: a small process that outlives this one by a moment, to end what a SIGKILL of it leaves
// behind.

#include <sys/types.h>

namespace pgo_orch::toolchains {

/// Forks the guardian, once. It knows the sessions below and kills them when this process is gone.
void start_guardian();

/// Its process, which is a child like any other to the kernel; -1 if it was not started.
pid_t guardian_pid();

/// A session that must not outlive this process, for as long as the object lives.
class Guarded {
 public:
  explicit Guarded(pid_t session);
  ~Guarded();
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;

 private:
  pid_t session_;
};

}  // namespace pgo_orch::toolchains
