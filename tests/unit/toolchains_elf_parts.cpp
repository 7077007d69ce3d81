#include "toolchains/elf_parts.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

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

TEST_CASE("what strip leaves of a program is its, whatever linked it and whatever is in it") {
  const TempDir folder("elf-parts");
  const auto file = [&](const std::string& name) { return (folder.path() / name).string(); };
  const auto runs = [&](const std::string& line) {
    return std::system(("cd " + folder.path().string() + " && " + line + " 2>/dev/null").c_str()) == 0;
  };
  write_file_atomically(file("zeros.c"), "__thread int a; int z[999]; int main(void) { return a + z[3]; }\n");
  write_file_atomically(file("values.c"), "__thread int b = 3; int main(void) { return b - 3; }\n");
  write_file_atomically(file("bare.c"), "int main(void) { return 0; }\n");
  int checked = 0;
  for (const std::string linker : {"bfd", "gold", "lld", "mold"})
    for (const std::string how : {"", "-static", "-no-pie", "-g"})
      for (const std::string source : {"zeros", "values", "bare"}) {
        if (!runs("cc -fuse-ld=" + linker + " " + how + " " + source + ".c -o program")) continue;
        const auto before = elf_parts(file("program"));
        for (const char* strip : {"strip", "strip -g", "llvm-strip-22", "objcopy --strip-unneeded"}) {
          if (!runs("cp program stripped && " + std::string(strip) + " stripped")) continue;
          CAPTURE(linker + " " + how + " " + source + " " + strip);
          CHECK(changes_since(before, file("stripped")).alteration == "");
          ++checked;
        }
      }
  CHECK(checked >= 12);
}
