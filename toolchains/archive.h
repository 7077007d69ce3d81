#pragma once
// Archives, written so that the same content gives the same bytes anywhere, and read without trust in them;
// by libarchive.

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "toolchains/units.h"
#include "toolchains/words.h"

namespace pgo_orch::toolchains {

enum class ArchiveFormat { tar_gz, tar_xz, tar_zst, zip };
constexpr auto words_of(ArchiveFormat) {
  using enum ArchiveFormat;
  return std::to_array<Word<ArchiveFormat>>(
      {{tar_gz, "tar.gz"}, {tar_xz, "tar.xz"}, {tar_zst, "tar.zst"}, {zip, "zip"}});
}

/// A regular file in an archive.
struct ArchiveMember {
  std::string name;  ///< its path in the archive
  std::filesystem::path file;
  bool executable = false;  ///< mode 755, else 644
};

/// How much time zstd may take: what is shipped is to be small, what goes from one machine to the next is not
/// to be waited for.
enum class ZstdLevel { quick, small };

/// `seconds`: the time of all members, since 1970. Owner and group are 0 and without a name. Error: a file
/// can't be read or written.
void write_archive(const std::filesystem::path& archive, ArchiveFormat format,
                   const std::vector<ArchiveMember>& members, std::int64_t seconds,
                   ZstdLevel level = ZstdLevel::small);

/// Whether the file is an archive that can be read, by its name or its first bytes.
bool is_archive(const std::filesystem::path& file);

/// Unpacks regular files and folders below `folder`. Error: it is no archive or is cut off, a member's path
/// leaves the folder, a name is there twice, a member is anything else, or all take more than `most`.
void unpack_archive(const std::filesystem::path& archive, const std::filesystem::path& folder, Bytes most);

}  // namespace pgo_orch::toolchains
