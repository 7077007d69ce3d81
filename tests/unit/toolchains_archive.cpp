#include "toolchains/archive.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

#include "toolchains/error.h"
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

TEST_CASE("what other programs would read in an archive is refused") {
  const TempDir folder("archive");
  const auto one = folder.path() / "one", other = folder.path() / "other", both = folder.path() / "both";
  write_file_atomically(one, "genuine");
  write_file_atomically(other, "another, which is longer");
  const auto refused = [&](const std::string& bytes) {
    write_file_atomically(both, bytes);
    const TempDir unpacked("unpacked");
    try {
      unpack_archive(both, unpacked.path(), Bytes{1000});
      return std::string();
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  for (const auto format :
       {ArchiveFormat::tar_gz, ArchiveFormat::tar_xz, ArchiveFormat::tar_zst, ArchiveFormat::zip}) {
    CAPTURE(to_word(format));
    write_archive(folder.path() / "a", format, {{.name = "program", .file = one}}, 0);
    write_archive(folder.path() / "b", format, {{.name = "program", .file = other}}, 0);
    const auto genuine = read_file(folder.path() / "a"), alien = read_file(folder.path() / "b");
    CHECK(refused(genuine) == "");
    CHECK(refused(genuine + alien) != "");
    CHECK(refused(alien + genuine) != "");
    CHECK(refused(genuine + "more") != "");
    CHECK(refused(genuine.substr(0, genuine.size() - 1)) != "");
  }
}

TEST_CASE("zip files of other programs are read") {
  const TempDir folder("archive");
  const auto here = [&](const char* name) { return (folder.path() / name).string(); };
  const std::string script =
      "import sys, zipfile\n"
      "for name, kind in (('stored', zipfile.ZIP_STORED), ('deflated', zipfile.ZIP_DEFLATED)):\n"
      "  with zipfile.ZipFile(sys.argv[1] + name, 'w', kind) as z:\n"
      "    z.comment = b'a comment'\n"
      "    z.writestr('a', 'text'); z.writestr('folder/', ''); z.writestr('folder/b', 'x' * 900)\n"
      "class Pipe:\n"
      "  def __init__(self, f): self.f = f\n"
      "  def write(self, b): return self.f.write(b)\n"
      "  def flush(self): pass\n"
      "with open(sys.argv[1] + 'streamed', 'wb') as f, zipfile.ZipFile(Pipe(f), 'w') as z:\n"
      "  z.writestr('a', 'text')\n";
  write_file_atomically(here("make.py"), script);
  if (std::system(("python3 " + here("make.py") + " " + here("")).c_str()) != 0) {
    MESSAGE("skipped: no python3 that writes zip files");
    return;
  }
  for (const char* name : {"stored", "deflated", "streamed"}) {
    CAPTURE(name);
    const TempDir unpacked("unpacked");
    unpack_archive(here(name), unpacked.path(), Bytes{1000});
    CHECK(read_file(unpacked.path() / "a") == "text");
  }
}
