#pragma once
// One process at a time: an advisory lock on a file, which the kernel releases when its holder dies.

#include <filesystem>
#include <optional>

#include "toolchains/probe.h"

namespace pgo_orch::toolchains {

/// A held lock (flock). A file holds the pid of its holder, and stays when the lock is released.
class FileLock {
 public:
  /// Takes the lock, creating the file and its folder, or says who holds it: `missing().what` is
  /// "FILE is locked by process PID". The holder may remove the file. Errors: the file can't be created.
  static Probe<FileLock> try_lock(const std::filesystem::path& file);

  /// Whether a process that we may look at holds it now. Takes and creates nothing.
  static bool is_held(const std::filesystem::path& file);

  /// Of an existing folder, in which nothing is written. No value: another process holds it.
  static std::optional<FileLock> try_lock_folder(const std::filesystem::path& folder);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();  ///< releases

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace pgo_orch::toolchains
