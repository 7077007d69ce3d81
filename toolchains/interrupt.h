#pragma once
// The user's wish to stop, process-wide: a flag that a SIGINT or SIGTERM handler sets, and a
// descriptor to poll.

namespace pgo_orch::toolchains {

/// From here on SIGINT, SIGTERM and SIGHUP set the flag while there is a Heeding, and end the process at once
/// otherwise, or the third time. Call once, in main.
void install_interrupt_handlers();

/// Somebody looks at the flag, soon and again and again. Nobody does while a file is read, for instance,
/// which can be endless. A process that ends at once leaves none of its children: see keeper.h.
class Heeding {
 public:
  Heeding();
  ~Heeding();
  Heeding(const Heeding&) = delete;
  Heeding& operator=(const Heeding&) = delete;
};

/// The first signal that asked to stop (SIGINT: exit with 130, SIGTERM: 143), or 0.
int interrupted();

/// How often we were asked: from the second time on, children are killed without grace.
int interrupt_count();

/// Readable as soon as `interrupted()` is not 0, for poll(); never read from it.
int interrupt_descriptor();

/// What the handlers do while somebody heeds. Safe in a signal handler and from any thread.
void raise_interrupt(int signal);

/// Forgets all of it, so that one test does not stop the next.
void clear_interrupt();

}  // namespace pgo_orch::toolchains
