#pragma once
// Files that must stay what they were when they were checked: what is timed later is meant to be the same.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pgo_orch::toolchains {

/// A file, and its SHA-256 when it was checked.
struct CheckedFile {
  std::filesystem::path file;
  std::string sha256;
};

/// A file as it is now. Throws Error.
CheckedFile checked_file(const std::filesystem::path& file);

/// What is wrong with a file that must have the content of the checked one, `file` itself or a copy of it: it
/// has another, or can't be read, and what to do. "": nothing.
std::string replaced(const CheckedFile& checked, const std::filesystem::path& file);

/// The first that is not what it was; "": all are.
std::string replaced(const std::vector<CheckedFile>& checked);

/// A file whose content is known, and read again only if its times say that it may be another. A missing file
/// has none: its digest is empty.
class KnownFile {
 public:
  /// `before`: what is known of it already.
  explicit KnownFile(std::filesystem::path file, const KnownFile* before = nullptr);

  /// What its content was at some other time.
  KnownFile(std::filesystem::path file, std::string sha256)
      : file_(std::move(file)), sha256_(std::move(sha256)) {}

  const std::filesystem::path& file() const { return file_; }
  const std::string& sha256() const { return sha256_; }
  /// Whether its content is what it was.
  bool is_same() const { return KnownFile(file_, this).sha256() == sha256_; }
  /// Whether it was not written, not even with the same content.
  bool is_untouched() const;
  bool was_written_since(std::chrono::system_clock::time_point time) const { return stamp_.modified > time; }

 private:
  struct Stamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::chrono::system_clock::time_point modified, changed;
    bool operator==(const Stamp&) const = default;
  };
  static Stamp stamp_of(const std::filesystem::path& file);

  std::filesystem::path file_;
  Stamp stamp_;
  std::string sha256_;
};

}  // namespace pgo_orch::toolchains
