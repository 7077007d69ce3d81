#include <doctest/doctest.h>

#include "toolchains/elf.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/landmarks.h"
#include "toolchains/process_runner.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;
using namespace std::string_view_literals;
namespace fs = std::filesystem;

namespace {

struct Workshop {
  TempDir folder;
  ProcessRunner runner;

  Workshop() { write_file_atomically(file("p.c"), "int main(void) { return 0; }\n"); }
  fs::path file(const std::string& name) const { return folder.path() / name; }

  fs::path build(const std::string& line, const std::string& output) {
    const Captured captured =
        capture(runner, {.argv = split_shell_words(line + " -o " + output), .cwd = folder.path()});
    INFO(captured.err);
    REQUIRE(describe(captured.outcome) == "exit code 0");
    return file(output);
  }
};

bool is_named_main(const std::string& symbol) {
  return symbol == "_ZN1p4main17h0123456789abcdefE";
}

}  // namespace

TEST_CASE("what _start loads for libc is main: by address, by number, or through a slot") {
  const auto lea = main_loaded_by_start_x86_64("\x31\xed\x48\x8d\x3d\xd5\xff\xff\xff\xff\x15\x01"sv, 0x1000);
  REQUIRE(lea);
  CHECK(lea->address == 0x1009 - 0x2b);
  CHECK_FALSE(lea->is_slot);
  const auto mov = main_loaded_by_start_x86_64("\x48\xc7\xc7\xf0\x14\x40\x00\x67\xe8"sv, 0x401500);
  REQUIRE(mov);
  CHECK(mov->address == 0x4014f0);
  const auto slot = main_loaded_by_start_x86_64("\x90\x48\x8b\x3d\x10\x00\x00\x00\xe8"sv, 0x1000);
  REQUIRE(slot);
  CHECK(slot->address == 0x1018);
  CHECK(slot->is_slot);
}

TEST_CASE("what loads something else, or calls nothing after it, is not believed") {
  CHECK_FALSE(main_loaded_by_start_x86_64("", 0x1000));
  CHECK_FALSE(main_loaded_by_start_x86_64("\x48\x8d\x3d\xd5\xff\xff\xff"sv, 0x1000));
  CHECK_FALSE(main_loaded_by_start_x86_64("\x48\x8d\x3d\xd5\xff\xff\xff\x90\x90"sv, 0x1000));
  CHECK_FALSE(main_loaded_by_start_x86_64("\x48\x8d\x35\xd5\xff\xff\xff\xe8"sv, 0x1000));
}

TEST_CASE("main is found by its symbol, and in a stripped program by what _start loads: the same place") {
  Workshop workshop;
  for (const std::string link : {"", "-static", "-static-pie", "-no-pie"}) {
    CAPTURE(link);
    const fs::path full = workshop.build("cc -O1 p.c " + link, "full");
    const Landmarks found = find_landmarks(full);
    CHECK(found.entry == elf_info(full).entry);
    CHECK(found.main_basis == "symbol");
    CHECK(found.user_main == found.main);
    CHECK(found.user_main_name == "main");
    CHECK(found.is_dynamic == !link.starts_with("-static"));
    if (found.machine != "x86-64") continue;
    const Landmarks stripped = find_landmarks(workshop.build("cc -O1 -s p.c " + link, "stripped"));
    CHECK(stripped.main_basis == "_start");
    CHECK(stripped.main == found.main);
    CHECK(stripped.user_main == found.main);
  }
}

TEST_CASE("a program that starts by itself has an entry and no main, saying why") {
  Workshop workshop;
  write_file_atomically(workshop.file("q.c"), "void _start(void) { for (;;) ; }\n");
  const Landmarks found = find_landmarks(workshop.build("cc -O1 -s -nostdlib -static q.c", "own"));
  CHECK(found.entry > 0);
  CHECK_FALSE(found.main);
  CHECK(found.main_basis.empty());
  CHECK_FALSE(found.user_main);
  CHECK(found.why_no_user_main == "it has no symbols, and its start code passes no main to libc");
}

TEST_CASE("a stripped program's landmarks are those of its twin, if that has the same code") {
  Workshop workshop;
  write_file_atomically(workshop.file("r.c"),
                        "void user(void) __asm__(\"_ZN1p4main17h0123456789abcdefE\");\n"
                        "__attribute__((noinline)) void user(void) { __asm__(\"\"); }\n"
                        "int main(void) { user(); return 0; }\n");
  const fs::path twin = workshop.build("cc -O1 r.c", "twin");
  const fs::path stripped = workshop.build("cc -O1 -s r.c", "stripped");
  const Landmarks full = find_landmarks(twin, {}, is_named_main);
  REQUIRE(full.user_main);
  CHECK(full.user_main != full.main);
  CHECK(full.user_main_name == "_ZN1p4main17h0123456789abcdefE");
  CHECK(find_landmarks(stripped, twin, is_named_main) == full);

  const Landmarks alone = find_landmarks(stripped, {}, is_named_main);
  CHECK_FALSE(alone.user_main);
  CHECK(alone.why_no_user_main == "the executable is stripped");

  const fs::path other = workshop.build("cc -O0 r.c", "other");
  const Landmarks mistaken = find_landmarks(stripped, other, is_named_main);
  CHECK_FALSE(mistaken.user_main);
  CHECK(mistaken.why_no_user_main == other.string() + " does not hold the same code as " + stripped.string() +
                                         ", so its symbols are not used");
  CHECK(mistaken.main == alone.main);
}

TEST_CASE("a mangled main that is not there was inlined") {
  Workshop workshop;
  const Landmarks found = find_landmarks(workshop.build("cc p.c", "full"), {}, is_named_main);
  CHECK(found.main);
  CHECK_FALSE(found.user_main);
  CHECK(found.why_no_user_main == "it has no function of that name: it was inlined");
}

TEST_CASE("landmarks of what is no program are an error") {
  Workshop workshop;
  CHECK_THROWS_WITH_AS(find_landmarks(workshop.file("p.c")),
                       (workshop.file("p.c").string() + ": not an ELF file").c_str(), Error);
}
