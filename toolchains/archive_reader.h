#pragma once
// Members of an archive one after another, without trust in any of them; by libarchive.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>

struct archive;

namespace pgo_orch::toolchains {

class ArchiveReader {
 public:
  enum class Accepts { all, tar_zst };
  /// Error, also of all below: it is no such archive, is cut off, or has what is not accepted.
  explicit ArchiveReader(const std::filesystem::path& file, Accepts accepts = Accepts::all);

  /// A regular file or a folder, whose path stays below where it is unpacked.
  struct Member {
    std::string name;
    bool is_folder = false;
    bool executable = false;
  };
  /// None: that was the last one. Error: it is a link or a device, has a set-ID bit, its path leaves the
  /// folder, a file of this name was there before, bytes are of no member, or there are more than
  /// `most_members`.
  std::optional<Member> next();

  /// The content of the current member; Error if it has more than `most` bytes.
  std::string content(std::uint64_t most);
  /// The same into a file; the number of bytes.
  std::uint64_t content_into(const std::filesystem::path& to, std::uint64_t most);

  [[noreturn]] void refuse(const std::string& why) const;

  static constexpr int most_members = 100'000;

 private:
  /// Nothing is in the file but its members.
  bool ends_here() const;
  /// Some bytes of the current member; 0: that was all.
  std::size_t read(std::string& buffer);
  [[noreturn]] void fail() const;

  std::filesystem::path file_;
  std::unique_ptr<::archive, int (*)(::archive*)> archive_;
  std::set<std::string> files_;
  int members_ = 0;
};

}  // namespace pgo_orch::toolchains
