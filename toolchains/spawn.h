#pragma once
// Inside the runner: one program start, into a session of its own.

#include <sys/types.h>

#include <string>

#include "toolchains/command.h"
#include "toolchains/descriptor.h"

namespace pgo_orch::toolchains {

/// A started child, or the reason why there is none.
struct Spawned {
  pid_t pid = -1;  ///< leader of a new session and process group with the same number
  /// If its standard output is a pipe: the other end, and where what comes out of it goes.
  Descriptor out, sink;
  std::string reason;
};

/// Starts the command: files opened, argv[0] looked up on the child's PATH, environment, folder, default
/// signals. The child gets no descriptor but 0, 1 and 2, and SIGKILL when the calling thread ends. Its
/// session is entrusted to the guardian, and released by the process runner. Thread-safe.
Spawned spawn(const Command& command);

}  // namespace pgo_orch::toolchains
