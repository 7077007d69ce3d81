#include "measure/code/code.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "toolchains/elf.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::toolchains;

TEST_CASE("functions have places and sizes, and their calls, jumps and slots are found") {
  if (!find_executable("cc")) return;
  const TempDir folder;
  ProcessRunner runner;
  // Assembly, so that every form of a call is there once: near, long and short jumps, through a slot.
  write_file_atomically(
      folder.path() / "p.s",
      ".text\n.globl _start\n.type _start,@function\n_start:\n call f\n ret\n.size _start,.-_start\n"
      ".type g,@function\ng:\n nop\n jmp f\n.size g,.-g\n"
      ".type f,@function\nf: ret\n.size f,.-f\n"
      ".type h,@function\nh:\n je f\n call *slot(%rip)\n.byte 0x0f,0x84\n.long f-.-4\n.size h,.-h\n"
      ".data\nslot: .quad f\n");
  const std::string program = (folder.path() / "p").string();
  const Captured captured =
      capture(runner, {.argv = {"cc", "-nostdlib", "-static", "p.s", "-o", program}, .cwd = folder.path()});
  if (!captured.ok()) {
    MESSAGE("no x86 assembler here: " << captured.err);
    return;
  }
  const auto functions = functions_of(program);
  REQUIRE(functions.size() == 4);
  const auto start = functions[0].address;
  CHECK(functions[0] == FunctionSymbol{.name = "_start", .address = start, .size = {6}});
  CHECK(functions[1] == FunctionSymbol{.name = "g", .address = start + 6, .size = {3}});
  CHECK(functions[2] == FunctionSymbol{.name = "f", .address = start + 9, .size = {1}});
  CHECK(functions[3] == FunctionSymbol{.name = "h", .address = start + 10, .size = {14}});
  const auto f = start + 9;
  // The last one is named by the second byte of its opcode.
  CHECK(possible_call_sites(program, {f}) == std::vector{start, start + 7, start + 10, start + 19});
  CHECK(possible_call_sites(program, {start + 8})->empty());
}

TEST_CASE("a file that is no executable is named by both") {
  const TempDir folder;
  const std::string file = (folder.path() / "file").string();
  write_file_atomically(file, "#!/bin/sh\n");
  CHECK_THROWS_WITH_AS(functions_of(file), (file + ": not an ELF file").c_str(), Error);
  CHECK_THROWS_WITH_AS(possible_call_sites(file, {1}), (file + ": not an ELF file").c_str(), Error);
}
