#include "toolchains/elf_parts.h"

#include <doctest/doctest.h>

#include "toolchains/elf.h"
#include "toolchains/elf_file.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;

namespace {

/// Whether the file still has the code and the parts of the other one.
bool passes(const std::filesystem::path& file, const ElfParts& before, const std::string& code) try {
  return code_sha256(file) == code && changes_since(before, file).alteration.empty();
} catch (const Error&) {
  return false;
}

}  // namespace

TEST_CASE("no byte of the headers can be another one") {
  const TempDir folder("elf-parts");
  const std::filesystem::path original = "/bin/true", file = folder.path() / "patched";
  const auto before = elf_parts(original);
  const auto code = code_sha256(original);
  auto bytes = read_file(original);
  const auto header = ElfFile(original).header();
  REQUIRE(header.e_phoff == header.e_ehsize);
  const std::size_t end = header.e_phoff + std::size_t{header.e_phentsize} * header.e_phnum;
  for (std::size_t at = 0; at < end; ++at)
    for (const char bit : {'\x01', '\x80'}) {
      bytes[at] = static_cast<char>(bytes[at] ^ bit);
      write_file_atomically(file, bytes);
      CHECK_MESSAGE(!passes(file, before, code), "byte " << at);
      bytes[at] = static_cast<char>(bytes[at] ^ bit);
    }
  write_file_atomically(file, bytes);
  CHECK(passes(file, before, code));
  CHECK(changes_since(before, file).done.front() == "its tables were written again, as strip does");
}
