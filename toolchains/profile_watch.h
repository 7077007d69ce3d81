#pragma once
// Inside the runner: whether instrumented processes leave their profiles, seen by ptrace(2). It stops each
// process that a program starts when it begins, when it executes a program and when it has ended.

#include <sys/types.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "toolchains/command.h"

namespace pgo_orch::toolchains {

/// A process of an instrumented program (of LLVM's: its name ends in "_PROCESS.profraw" of the process that
/// executed the program, whoever it forked) has to write a file in one of the folders before it ends or
/// executes another program. Copies of it made by fork, too: the runtime merges theirs into that file. Those
/// that only were to execute another program, or share their memory with the process that made them (vfork),
/// have nothing to lose; what a process counted that leaves a copy of itself is in the copy.
class ProfileWatch {
 public:
  explicit ProfileWatch(std::vector<std::filesystem::path> folders) : folders_(std::move(folders)) {}

  /// Follows a process that waits to be followed, and all that it will start. Returns the errno of a failure:
  /// then it is not followed.
  int follow(pid_t pid);

  /// Waits for all of them to end.
  std::vector<LostProfile> finish();

 private:
  std::vector<std::filesystem::path> folders_;
  std::vector<LostProfile> lost_;
  std::jthread thread_;  ///< only a thread that traces a process may wait for it
};

}  // namespace pgo_orch::toolchains
