#include <doctest/doctest.h>

#include <algorithm>

#include "toolchains/elf.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"

using namespace pgo_orch;
using namespace pgo_orch::toolchains;
namespace fs = std::filesystem;

namespace {

/// A folder with a small C program, and compilers that leave out what the machine lacks.
struct Workshop {
  TempDir folder;
  ProcessRunner runner;

  Workshop() {
    write_file_atomically(
        folder.path() / "p.c",
        "#include <stdio.h>\nstatic __attribute__((noinline)) int triple(int x) { return x * 3; }\n"
        "int plus_one(int x) { return triple(x) + 1; }\n"
        "int main(int c, char** v) { (void)v; printf(\"%d\\n\", plus_one(c)); }\n");
    write_file_atomically(folder.path() / "p.rs", "fn main() { println!(\"hello\"); }\n");
  }

  fs::path file(const std::string& name) const { return folder.path() / name; }

  /// Runs a command line; its program must be there.
  void run(const std::string& line) {
    const Captured captured = capture(runner, {.argv = split_shell_words(line), .cwd = folder.path()});
    INFO(line);
    INFO(captured.err);
    REQUIRE(describe(captured.outcome) == "exit code 0");
  }
};

}  // namespace

TEST_CASE("what is no ELF file is named") {
  const TempDir folder;
  const std::string file = (folder.path() / "file").string();
  for (const std::string content : {"", "#!/bin/sh\n",
                                    "\x7f"
                                    "ELF",
                                    "!<arch>\n"}) {
    write_file_atomically(file, content);
    CHECK_THROWS_WITH_AS(elf_info(file), (file + ": not an ELF file").c_str(), Error);
    CHECK_THROWS_WITH_AS(code_sha256(file), (file + ": not an ELF file").c_str(), Error);
  }
  fs::remove(file);
  CHECK_THROWS_WITH_AS(function_symbols(file),
                       ("cannot read " + file + ": No such file or directory").c_str(), Error);
}

TEST_CASE("a file that is cut short is an error, not a crash") {
  Workshop workshop;
  workshop.run("cc p.c -o whole");
  const std::string whole = read_file(workshop.file("whole"));
  for (const std::size_t size : {64UL, 100UL, 800UL, 5000UL, whole.size() - 100}) {
    write_file_atomically(workshop.file("part"), whole.substr(0, size));
    for (auto* read :
         {+[](const fs::path& file) { elf_info(file); }, +[](const fs::path& file) { code_sha256(file); },
          +[](const fs::path& file) { function_symbols(file); }}) {
      try {
        read(workshop.file("part"));
      } catch (const Error& error) {
        CHECK(std::string(error.what()).starts_with(workshop.file("part").string() + ": "));
      }
    }
  }
}

TEST_CASE("an executable's facts are read") {
  Workshop workshop;
  workshop.run("cc -pie -Wl,--build-id=0xc0ffee p.c -o dynamic");
  const ElfInfo info = elf_info(workshop.file("dynamic"));
  CHECK(info.is_64);
  CHECK(info.is_pie);
  CHECK(info.build_id == "c0ffee");
  CHECK(info.interpreter.find("ld") != std::string::npos);
  CHECK(info.has_symbols);
  CHECK_FALSE(info.has_relocations);
  CHECK(info.entry > 0);
  CHECK(info.text.count > 0);
  CHECK(info.text.count < fs::file_size(workshop.file("dynamic")));

  workshop.run("cc -static -no-pie -s -Wl,--build-id=none p.c -o static");
  const ElfInfo other = elf_info(workshop.file("static"));
  CHECK_FALSE(other.is_pie);
  CHECK(other.build_id.empty());
  CHECK(other.interpreter.empty());
  CHECK_FALSE(other.has_symbols);

  workshop.run("cc -Wl,--emit-relocs p.c -o relocatable");
  CHECK(elf_info(workshop.file("relocatable")).has_relocations);
}

TEST_CASE("the functions defined in a file are listed, and none of a stripped one") {
  Workshop workshop;
  workshop.run("cc -O1 p.c -o full");
  workshop.run("cc -O1 -s p.c -o stripped");
  const auto names = function_symbols(workshop.file("full"));
  for (const char* name : {"main", "plus_one", "triple"}) CHECK(std::ranges::count(names, name) == 1);
  CHECK(std::ranges::count(names, "printf") == 0);
  CHECK(std::ranges::is_sorted(names));
  CHECK(function_symbols(workshop.file("stripped")).empty());
}

TEST_CASE("twins of one link, stripped or not, have the same code") {
  Workshop workshop;
  std::vector<std::string> links = {"cc -O1 p.c"};
  if (find_executable("clang-22") && find_executable("ld.lld-22"))
    links.emplace_back("clang-22 -O1 --ld-path=ld.lld-22 p.c");
  for (const std::string& link : links) {
    workshop.run(link + " -o full");
    workshop.run(link + " -Wl,--strip-all -o stripped");
    workshop.run("strip full -o after");
    const std::string code = code_sha256(workshop.file("full"));
    CHECK(read_file(workshop.file("full")) != read_file(workshop.file("stripped")));
    CHECK(code_sha256(workshop.file("stripped")) == code);
    CHECK(code_sha256(workshop.file("after")) == code);
    if (find_executable("llvm-strip-22")) {
      workshop.run("llvm-strip-22 full -o after");
      CHECK(code_sha256(workshop.file("after")) == code);
    }
  }
}

TEST_CASE("other code, even by one instruction or one constant, has another hash") {
  Workshop workshop;
  workshop.run("cc -O1 p.c -o one");
  const std::string source = read_file(workshop.file("p.c"));
  std::string changed = source;
  changed.replace(changed.find("* 3"), 3, "* 5");
  write_file_atomically(workshop.file("p.c"), changed);
  workshop.run("cc -O1 p.c -o two");
  CHECK(code_sha256(workshop.file("one")) != code_sha256(workshop.file("two")));
  workshop.run("cc -O1 -Wl,--defsym=unused=1 -Wl,-z,execstack p.c -o three");
  CHECK(code_sha256(workshop.file("two")) != code_sha256(workshop.file("three")));
}

TEST_CASE("rustc's strip leaves the code as it is") {
  Workshop workshop;
  if (!find_executable("rustc")) return;
  workshop.run("rustc -Cstrip=none p.rs -o full");
  workshop.run("rustc -Cstrip=symbols p.rs -o stripped");
  workshop.run("rustc -Cstrip=debuginfo p.rs -o half");
  CHECK(code_sha256(workshop.file("full")) == code_sha256(workshop.file("stripped")));
  CHECK(code_sha256(workshop.file("full")) == code_sha256(workshop.file("half")));
  CHECK(function_symbols(workshop.file("full")).size() > 100);
}
