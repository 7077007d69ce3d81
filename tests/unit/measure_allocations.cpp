#include "measure/code/allocations.h"

#include <doctest/doctest.h>

#include "toolchains/elf.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/profilers.h"
#include "toolchains/search_path.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::toolchains;
namespace fs = std::filesystem;

namespace {

AllocatingProcess process(const std::string& command, long pid, long parent, std::uint64_t count) {
  return {.command = command,
          .pid = pid,
          .parent = parent,
          .counts = {.count = count, .frees = 1, .bytes = Bytes{8}}};
}

/// A C program that allocates N + 1 times, forks, or calls another program.
struct Workshop {
  TempDir folder;
  ProcessRunner runner;

  Workshop() {
    write_file_atomically(
        folder.path() / "p.c",
        "#include <stdlib.h>\n#include <unistd.h>\n#include <sys/wait.h>\n"
        "int main(int c, char** v) {\n"
        "  int n = atoi(v[1]);\n"
        "  char** p = malloc((n + 1) * sizeof *p);\n"
        "  for (int i = 0; i < n; ++i) p[i] = malloc(16);\n"
        "  if (c > 2 && v[2][0] == 'f' && fork() == 0) { p[n] = malloc(5); return p[n] == 0; }\n"
        "  if (c > 2 && v[2][0] == 'e' && fork() == 0) execl(v[0], v[0], \"5\", (char*)0);\n"
        "  if (c > 2 && v[2][0] == 'k') abort();\n"
        "  while (wait(0) > 0) {}\n"
        "  for (int i = 0; i < n; ++i) free(p[i]);\n"
        "  free(p);\n  return 3;\n}\n");
  }

  fs::path build(const std::string& flags, const std::string& source = "p.c") {
    const auto program = folder.path() / "p";
    auto argv = split_shell_words("cc -O1 -fno-builtin -o p " + source + " " + flags);
    const Captured captured = capture(runner, {.argv = argv, .cwd = folder.path()});
    INFO(captured.err);
    REQUIRE(captured.ok());
    return program;
  }

  AllocationResult count(const fs::path& program, std::vector<std::string> args) {
    args.insert(args.begin(), program.string());
    return count_allocations(runner, find_valgrind(runner)->path, program,
                             {.argv = args, .cwd = folder.path()});
  }
};

bool can_count() {
  if (find_executable("valgrind") && find_executable("cc")) return true;
  MESSAGE("no valgrind or cc here");
  return false;
}

}  // namespace

TEST_CASE("memcheck's summary is read, whatever its numbers' size") {
  const auto read = parse_memcheck(
      "==42== Memcheck, a memory error detector\n==42== Command: ./prog 10\n==42== Parent PID: 7\n==42== \n"
      "==42== HEAP SUMMARY:\n==42==     in use at exit: 0 bytes in 0 blocks\n"
      "==42==   total heap usage: 1,234 allocs, 1,230 frees, 5,678,901 bytes allocated\n");
  REQUIRE(read);
  CHECK(read->command == "./prog 10");
  CHECK(read->pid == 42);
  CHECK(read->parent == 7);
  CHECK(read->counts.count == 1234);
  CHECK(read->counts.frees == 1230);
  CHECK(read->counts.bytes == Bytes{5'678'901});
  CHECK_FALSE(parse_memcheck("==42== Command: ./prog 10\n"));
  CHECK_FALSE(parse_memcheck("==42==   total heap usage: many allocs\n"));
  CHECK_FALSE(parse_memcheck(""));
}

TEST_CASE("callgrind's calls of allocating functions count, but not those among themselves") {
  const std::string log = "==9== Command: ./prog\n==9== Parent PID: 7\n";
  const auto read =
      parse_callgrind(log,
                      "fn=main\n1 2\ncfn=malloc\ncalls=3 0\n* 9\ncfn=_rjem_malloc'2\ncalls=4 0\n* 9\n"
                      "cfn=free\ncalls=3 0\n* 9\ncfn=malloc_printerr\ncalls=1 0\n* 9\n\n"
                      "fn=realloc\ncfn=malloc\ncalls=5 0\n* 1\n\nfn=strdup\ncfn=malloc\n"
                      "calls=10 0\n* 1\n\ntotals: 7\n");
  REQUIRE(read);
  CHECK(read->pid == 9);
  CHECK(read->counts.count == 17);
  CHECK(read->counts.calls == std::map<std::string, std::uint64_t>{{"malloc", 17}});
  CHECK_FALSE(read->counts.bytes);
  CHECK_FALSE(parse_callgrind(log, "fn=main\n"));
}

TEST_CASE("the program's processes add up; others and forks do not") {
  const auto sum = sum_allocations(
      {process("/bin/sh ./drive.sh", 1, 0, 50), process("/x/prog a", 2, 1, 10), process("prog b", 3, 1, 20),
       process("prog b", 4, 3, 25), process("/x/with\\ blank/prog", 5, 1, 1)},
      "prog");
  REQUIRE(sum);
  CHECK(sum->count == 31);
  CHECK(sum->frees == 3);
  CHECK(sum->bytes == Bytes{24});
  CHECK(sum->processes == 3);
  CHECK(sum->forks == 1);
  CHECK_FALSE(sum_allocations({process("/bin/sh", 1, 0, 50)}, "prog"));
}

TEST_CASE("the method fits the program, or a reason says why there is none") {
  CHECK(*allocation_method("/lib64/ld.so", {}) == AllocationMethod::replaced_malloc);
  CHECK(*allocation_method("/lib64/ld.so", {"main", "_rjem_malloc"}) == AllocationMethod::counted_calls);
  CHECK(*allocation_method("/lib64/ld.so", {"main", "mi_malloc_aligned"}) == AllocationMethod::counted_calls);
  CHECK(*allocation_method("/lib64/ld.so", {"main", "mi_free", "mi_main"}) ==
        AllocationMethod::replaced_malloc);
  CHECK(*allocation_method("", {"main", "malloc"}) == AllocationMethod::counted_calls);
  CHECK(allocation_method("", {}).missing().what == "not counted: the program is static and has no symbols");
  CHECK(allocation_method("", {"main"}).missing().what == "not counted: the program does not use malloc");
  CHECK(allocation_method("", {"runtime.mallocgc"}).missing().what ==
        "not counted: Go's runtime does not use malloc");
}

TEST_CASE("each allocation of a dynamic program is counted, stripped or not") {
  if (!can_count()) return;
  Workshop shop;
  for (const char* flags : {"", "-s"}) {
    const auto program = shop.build(flags);
    const auto ten = shop.count(program, {"10"});
    const auto thousand = shop.count(program, {"1000"});
    INFO(ten.reason);
    REQUIRE(ten.counts);
    REQUIRE(thousand.counts);
    CHECK(ten.counts->count == 11);
    CHECK(ten.counts->frees == 11);
    CHECK(ten.counts->bytes == Bytes{10 * 16 + 11 * 8});
    CHECK(thousand.counts->count == 1001);
  }
}

TEST_CASE("each allocation of a static program is counted by its calls") {
  if (!can_count()) return;
  Workshop shop;
  for (const char* flags : {"-static", "-static-pie"}) {
    const auto program = shop.build(flags);
    const auto ten = shop.count(program, {"10"});
    const auto thousand = shop.count(program, {"1000"});
    INFO(ten.reason);
    REQUIRE(ten.counts);
    REQUIRE(thousand.counts);
    CHECK(ten.counts->method == AllocationMethod::counted_calls);
    CHECK(thousand.counts->count - ten.counts->count == 990);
  }
  CHECK(shop.count(shop.build("-static -s"), {"10"}).reason ==
        "not counted: the program is static and has no symbols");
}

TEST_CASE("processes that run the program again count, forks are said, a signal is a reason") {
  if (!can_count()) return;
  Workshop shop;
  for (const char* flags : {"", "-static"}) {
    const auto program = shop.build(flags);
    const auto alone = shop.count(program, {"10"});
    const auto again = shop.count(program, {"10", "e"});
    const auto forks = shop.count(program, {"10", "f"});
    const auto five = shop.count(program, {"5"});
    REQUIRE(alone.counts);
    REQUIRE(again.counts);
    REQUIRE(forks.counts);
    REQUIRE(five.counts);
    CHECK(again.counts->processes == 2);
    CHECK(again.counts->count == alone.counts->count + five.counts->count);
    CHECK(forks.counts->forks == 1);
    CHECK(forks.counts->count == alone.counts->count);
    CHECK(shop.count(program, {"10", "k"}).reason ==
          "not counted: under valgrind, killed by signal 6 (Aborted)");
  }
}

TEST_CASE("an instruction that valgrind does not know is the reason, not a wrong count") {
  if (!can_count()) return;
  Workshop shop;
  write_file_atomically(
      shop.folder.path() / "z.c",
      "#include <stdlib.h>\nint main(void) {\n  char* p = malloc(8);\n  __asm__ volatile(\".byte "
      "0x0f, 0xff, 0xff\");\n  return p == 0;\n}\n");
  CHECK(shop.count(shop.build("", "z.c"), {}).reason ==
        "not counted: valgrind does not know an instruction of the program (such as AVX-512)");
}

TEST_CASE("a program that can't be started has a reason") {
  if (!can_count()) return;
  Workshop shop;
  const auto program = shop.build("");
  const auto result =
      count_allocations(shop.runner, find_valgrind(shop.runner)->path, program, {.argv = {"/nowhere/p"}});
  CHECK_FALSE(result.counts);
  CHECK(result.reason == "not counted: valgrind saw no process of p end (exit code 127)");
}
