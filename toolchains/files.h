#pragma once
// Files that are either there in full or not at all. Every failure is an Error that names the path
// and the reason.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "toolchains/descriptor.h"
#include "toolchains/interrupt.h"
#include "toolchains/units.h"

namespace pgo_orch::toolchains {

inline constexpr Bytes no_limit{UINT64_MAX};

/// The files that an error of the file system is about, and why it failed.
std::string describe(const std::filesystem::filesystem_error& error);

/// Of all regular files in a folder and below (or of the one file that it is), as far as they can be seen. A
/// file with several names counts once, as cargo's hard links; symbolic links count nothing.
Bytes size_of_tree(const std::filesystem::path& folder);

/// Whether the path is the folder or below it, by their names alone.
bool lies_in(const std::filesystem::path& path, const std::filesystem::path& folder);

/// Whether a message says that a disk is full, whoever wrote it.
bool says_no_room(std::string_view message);

/// A regular file, opened to be read. Error: it is a pipe or a device, which may have no end.
Descriptor open_regular(const std::filesystem::path& file);

/// The bytes of a regular file. Error: there are more than `most`.
std::string read_file(const std::filesystem::path& file, Bytes most = no_limit);

/// As above; also of a pipe or device.
std::string read_stream(const std::filesystem::path& file, Bytes most);

/// Replaces the file by a rename, so that readers see the old or the new content and a crash leaves one
/// of them. Folders are created; an existing file keeps its mode, a new one gets 0666 less umask; a
/// link is replaced.
void write_file_atomically(const std::filesystem::path& file, std::string_view content);

/// As above, unless the file already has this content: then it is not touched and keeps its time.
/// True if written.
bool write_if_different(const std::filesystem::path& file, std::string_view content);

/// Appends one line (the newline is added) in a single write, for logs of JSON lines. Error: it is a link.
void append_line(const std::filesystem::path& file, std::string_view line);

/// Copies content, mode and modification time, by a rename; the copy is a file of its own, never a hard link.
void copy_file_exact(const std::filesystem::path& from, const std::filesystem::path& to);

/// Creates a folder and those above it.
void make_folders(const std::filesystem::path& folder);

/// The folder under `above` (else $TMPDIR) that only this user may enter; only its name.
std::filesystem::path private_folder(const std::filesystem::path& above = {});

/// Creates it. Error: another user's, a link, or open to others is there: who can write in it chooses where
/// we write.
void make_private_folder(const std::filesystem::path& folder);

/// A folder that is removed, with all below it, by this object: at its beginning and its end.
class PassingFolder {
 public:
  explicit PassingFolder(std::filesystem::path folder);
  ~PassingFolder();
  PassingFolder(const PassingFolder&) = delete;
  PassingFolder& operator=(const PassingFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A folder of its own under the private one (or `parent`), removed with all it holds at the end of its life.
/// The first of a process removes from the private one what killed processes left.
class TempDir {
 public:
  explicit TempDir(std::string_view prefix = "pgo-orch", const std::filesystem::path& parent = {});
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  Heeding heeding_;          ///< else an interrupt would leave it
  bool is_private_ = false;  ///< in the folder that only such folders are in
  std::filesystem::path path_;
  Descriptor lock_;
};

}  // namespace pgo_orch::toolchains
