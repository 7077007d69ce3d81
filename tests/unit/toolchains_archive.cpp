#include "toolchains/archive.h"

#include <doctest/doctest.h>

#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;

TEST_CASE("names with other letters than ASCII are kept in every format") {
  const TempDir folder("archive");
  const auto file = folder.path() / "content";
  write_file_atomically(file, "text");
  for (const auto format :
       {ArchiveFormat::tar_gz, ArchiveFormat::tar_xz, ArchiveFormat::tar_zst, ArchiveFormat::zip}) {
    CAPTURE(to_word(format));
    const auto archive = folder.path() / "archive";  // known by its bytes
    write_archive(archive, format, {{.name = "ä b/ü.1", .file = file}}, 0);
    CHECK(is_archive(archive));
    const TempDir unpacked("unpacked");
    unpack_archive(archive, unpacked.path(), Bytes{1000});
    CHECK(read_file(unpacked.path() / "ä b/ü.1") == "text");
  }
  CHECK_FALSE(is_archive(file));
}
