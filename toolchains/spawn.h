#pragma once
// Inside the runner: one program start, into a session of its own, with a keeper that watches over it.

#include <sys/types.h>

#include <string>

#include "toolchains/command.h"
#include "toolchains/descriptor.h"

namespace pgo_orch::toolchains {

class ProfileWatch;

/// A started program, or the reason why there is none.
struct Spawned {
  pid_t keeper = -1;   ///< a child of this process, as its program is not
  Descriptor socket;   ///< to the keeper; see keeper.h
  std::string reason;  ///< not empty: nothing was started
  /// If its standard output is a pipe: the other end, and where what comes out of it goes.
  Descriptor out, sink;
  std::string unwatched;  ///< why it is not followed, although it should
};

/// `watch`, if any, follows the program from its first instruction; see Spawned::unwatched.
///
/// Starts the command: files opened, argv[0] looked up on the child's PATH, environment, folder, default
/// signals. The program gets no descriptor but 0, 1 and 2. Thread-safe.
Spawned spawn(const Command& command, ProfileWatch* watch);

}  // namespace pgo_orch::toolchains
