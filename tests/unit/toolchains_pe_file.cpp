// The imports of Windows executables that are made here byte by byte: none is on every machine.

#include "toolchains/pe_file.h"

#include <doctest/doctest.h>

#include <cstring>

#include "toolchains/error.h"
#include "toolchains/files.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;
using Names = std::vector<std::string>;

namespace {

/// A file of zeros into which numbers and texts are put.
struct Bytes {
  std::string bytes = std::string(0x600, '\0');
  void put(std::size_t at, std::uint32_t value, std::size_t size = 4) {
    std::memcpy(bytes.data() + at, &value, size);
  }
  void put(std::size_t at, const std::string& text) { bytes.replace(at, text.size(), text); }
};

/// Headers at 0x80, and one section of 0x400 bytes that is at 0x200 in the file and at 0x1000 in memory.
/// Imports are at its begin, delayed ones at 0x100 of it, names from 0x200 on.
Bytes executable(bool is_64_bit) {
  Bytes file;
  file.put(0, "MZ");
  file.put(0x3c, 0x80);
  file.put(0x80, "PE");
  file.put(0x86, 1, 2);
  const std::uint32_t optional_size = is_64_bit ? 240 : 224;
  file.put(0x94, optional_size, 2);
  const std::size_t optional = 0x98;
  file.put(optional, is_64_bit ? 0x20b : 0x10b, 2);
  const auto directories = optional + (is_64_bit ? 112 : 96);
  file.put(directories - 4, 16);
  file.put(directories + 8, 0x1000);
  file.put(directories + std::size_t{8} * 13, 0x1100);
  const auto section = optional + optional_size;
  file.put(section, ".idata");
  file.put(section + 12, 0x1000);
  file.put(section + 16, 0x400);
  file.put(section + 20, 0x200);
  file.put(0x200 + 12, 0x1200);
  file.put(0x200 + 20 + 12, 0x1220);
  file.put(0x300 + 4, 0x1240);
  file.put(0x400, "KERNEL32.dll");
  file.put(0x420, "VCRUNTIME140.dll");
  file.put(0x440, "late.dll");
  return file;
}

struct OnDisk {
  TempDir folder{"pe"};
  std::filesystem::path write(const std::string& bytes) const {
    write_file_atomically(folder.path() / "a.exe", bytes);
    return folder.path() / "a.exe";
  }
};

}  // namespace

TEST_CASE_FIXTURE(OnDisk, "the imports of a Windows executable are read, those that are loaded late too") {
  for (const bool is_64_bit : {true, false}) {
    const auto file = write(executable(is_64_bit).bytes);
    CHECK(is_pe(file));
    CHECK(imported_dlls(file) == Names{"KERNEL32.dll", "VCRUNTIME140.dll", "late.dll"});
  }
}

TEST_CASE_FIXTURE(OnDisk, "what is no Windows executable is not taken for one") {
  for (const std::string& text : {std::string(), std::string("MZ"),
                                  std::string("\x7f"
                                              "ELF"),
                                  std::string(0x600, 'M')}) {
    CHECK(!is_pe(write(text)));
    CHECK_THROWS_AS(imported_dlls(write(text)), Error);
  }
}

TEST_CASE_FIXTURE(OnDisk, "no damage of a Windows executable does more than be reported") {
  const auto whole = executable(true).bytes;
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    const auto file = write(whole.substr(0, length));
    try {
      imported_dlls(file);
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find("a.exe") != std::string::npos);
    }
  }
  auto lost = executable(true);
  lost.put(0x200 + 12, 0x9000);  // a name that lies in no section
  CHECK_THROWS_AS(imported_dlls(write(lost.bytes)), Error);
}
