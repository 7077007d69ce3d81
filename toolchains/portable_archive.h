#pragma once
// A .pgoz file: what one machine hands to another. A tar compressed by zstd whose first member, index.json,
// has the digests of all others, and of what the content belongs to. docs/archives.md describes it for
// whoever reads or writes one.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "toolchains/archive.h"
#include "toolchains/units.h"

namespace pgo_orch::toolchains {

/// SHA-256 of each thing that the content depends on, by its name: "settings", "sources", "toolchain".
using Address = std::map<std::string, std::string>;

/// One digest of an address: content of the same key is interchangeable.
std::string key_of(const Address& address);

struct PortableMember {
  std::string name;
  std::string sha256;
  std::uint64_t size = 0;
  bool executable = false;
};

struct PortableIndex {
  static constexpr int format = 1;  ///< of those that this version reads, the highest
  std::string kind;                 ///< what is inside: "stages", "artifacts"
  std::string written_by;           ///< version of pgo-orch
  Address address;
  std::vector<PortableMember> members;  ///< by name
};

/// What is accepted at most.
struct PortableLimits {
  Bytes all{std::uint64_t{16} << 30};
  std::size_t members = 20'000;
};

/// Writes it in full or not at all. The same content gives the same bytes, whatever the order of `members`,
/// the time, umask and zone. `index.members` is ignored. Errors: a member is named index.json or twice, or
/// can't be read; the file can't be written.
void write_portable(const std::filesystem::path& file, const PortableIndex& index,
                    std::vector<ArchiveMember> members);

/// Unpacks it below `folder`, an empty one, and checks all of it against its index. Error, with the file's
/// name: it is no such archive, of another kind, cut off or damaged, of a later format (names the version of
/// pgo-orch that reads it), has members that ArchiveReader refuses or the index does not know, or is larger
/// than `limits`.
PortableIndex read_portable(const std::filesystem::path& file, const std::string& kind,
                            const std::filesystem::path& folder, const PortableLimits& limits = {});

}  // namespace pgo_orch::toolchains
