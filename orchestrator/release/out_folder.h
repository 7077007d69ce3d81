#pragma once
// The folder of a release: it is made beside its place and exchanged with it as a whole.

#include <filesystem>
#include <optional>
#include <string>

#include "toolchains/file_lock.h"

namespace pgo_orch::orchestrator {

class OutFolder {
 public:
  /// Errors, before anything is built: another release is being made beside it, something else than a release
  /// is there, its parent cannot be made, or the file system cannot exchange folders. Removes what a killed
  /// release left beside it.
  explicit OutFolder(const std::filesystem::path& folder);
  ~OutFolder();  ///< removes what was not published
  OutFolder(const OutFolder&) = delete;
  OutFolder& operator=(const OutFolder&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  /// Where the new release is made.
  const std::filesystem::path& staged() const { return staged_; }
  /// Makes the staging folder empty, for the first or another try.
  void begin();
  /// Writes all through to the disk and puts it in place.
  void publish();

 private:
  std::filesystem::path folder_;
  std::filesystem::path staged_;
  std::optional<toolchains::FileLock> lock_;  ///< of the folder that both are in
};

/// What is in the folder that no release put there, as its own manifest tells; "": nothing, or there is no
/// folder.
std::string foreign_content(const std::filesystem::path& folder);

}  // namespace pgo_orch::orchestrator
