#include <doctest/doctest.h>

#include "toolchains/files.h"
#include "toolchains/linkers.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"

using namespace pgo_orch::toolchains;
namespace fs = std::filesystem;

namespace {

/// The real rustc and linkers; each test looks at what the machine has.
struct Machine {
  TempDir folder;
  ProcessRunner runner;
  Probe<Rustc> rust = find_rust(runner);

  Probe<LinkerFound> probe(const LinkRequest& request) {
    return probe_link(runner, *rust, request, folder.path() / "probe");
  }
  std::string suffixed(const std::string& name) const {
    return name + "-" + std::to_string(rust->llvm_major);
  }
};

}  // namespace

TEST_CASE("rustc's default linker links without any flag") {
  Machine machine;
  if (!machine.rust) return;
  const auto found = machine.probe({});
  REQUIRE(found);
  CHECK(found->flags.empty());
  CHECK(found->driver.empty());
  CHECK_FALSE(found->version.empty());
}

TEST_CASE("each linker that is there does the link itself") {
  Machine machine;
  if (!machine.rust) return;
  const std::pair<const char*, const char*> signatures[] = {
      {"bfd", "GNU ld"}, {"gold", "gold"}, {"mold", "mold"}, {"lld", "LLD"}};
  for (const auto& [linker, signature] : signatures) {
    for (const char* driver : {"", "gcc"}) {
      const auto found = machine.probe({.linker = linker, .driver = driver});
      INFO(linker, " ", driver, " ", describe(found.missing()));
      const bool is_there = find_executable("ld." + std::string(linker)).has_value();
      if (is_there) REQUIRE(found);
      if (found) CHECK(found->version.find(signature) != std::string::npos);
      if (!found) CHECK(found.missing().hint.starts_with("apt-get install "));
    }
  }
}

TEST_CASE("a linker is found under its Debian name, or by its path, with either kind of driver") {
  Machine machine;
  const auto lld = machine.rust ? find_executable(machine.suffixed("ld.lld")) : std::nullopt;
  if (!lld) return;
  for (const std::string& linker : {std::string("lld"), lld->string()}) {
    for (const std::string& driver : {std::string("gcc"), machine.suffixed("clang")}) {
      if (!find_executable(driver)) continue;
      const auto found = machine.probe({.linker = linker, .driver = driver});
      INFO(linker, " ", driver, " ", describe(found.missing()));
      REQUIRE(found);
      CHECK(found->driver == driver);
      CHECK(found->version.find("LLD") != std::string::npos);
    }
  }
}

TEST_CASE("clang stands for the one of rustc's LLVM where it has only a suffixed name") {
  Machine machine;
  if (!machine.rust || find_executable("clang") || !find_executable(machine.suffixed("clang"))) return;
  const auto found =
      machine.probe({.linker = "lld", .driver = "clang", .crt_static = true, .relocation_model = "static"});
  INFO(describe(found.missing()));
  REQUIRE(found);
  CHECK(fs::path(found->driver).is_absolute());
  CHECK(found->why.starts_with("clang is not on the PATH, so " + found->driver + " is used"));
}

TEST_CASE("rustc's own lld can be asked for by name") {
  Machine machine;
  if (!machine.rust || !fs::exists(machine.rust->sysroot / "lib/rustlib" / machine.rust->host / "bin/gcc-ld"))
    return;
  const auto found = machine.probe({.linker = "rust-lld", .driver = "gcc"});
  REQUIRE(found);
  CHECK(found->version.find("LLD " + std::to_string(machine.rust->llvm_major)) != std::string::npos);
  CHECK(found->why == "rustc's own rust-lld");
}

TEST_CASE("what can't be linked is told with the linker's own words") {
  Machine machine;
  if (!machine.rust) return;
  CHECK(machine.probe({.linker = "/nowhere/ld"}).missing().what == "no linker '/nowhere/ld'");
  CHECK(machine.probe({.linker = "nosuch", .driver = "cc"}).missing().what == "no linker 'nosuch'");
  CHECK(machine.probe({.linker = "/bin/true"}).missing().what ==
        "linker '/bin/true' can't be used: the link made no file");
  CHECK(machine.probe({.driver = "no-such-cc"}).missing().what == "no linker driver 'no-such-cc'");
  const Missing refused =
      machine.probe({.linker = "bfd", .driver = "cc", .flags = {"-Clink-arg=-Wl,--no-such-option"}})
          .missing();
  CHECK(refused.what.starts_with("linker 'bfd' can't be used: linking with `cc` failed: exit status: 1: "));
  CHECK(refused.what.find("unrecognized option '--no-such-option'") != std::string::npos);
  CHECK(refused.hint.empty());
  CHECK(machine.probe({.target = "no-such-target"})
            .missing()
            .what.starts_with("the standard library of no-such-target"));
}

TEST_CASE("the essence of a long complaint fits in a line") {
  CHECK(complaint("error: linking with `cc` failed: exit status: 1\n  |\n  = note:  \"cc\" \"-m64\"\n"
                  "  = note: some arguments are omitted. use `--verbose`\n  = note: collect2: fatal error: "
                  "cannot find 'ld'\n"
                  "          compilation terminated.\n\nerror: aborting due to 1 previous error\n") ==
        "linking with `cc` failed: exit status: 1: collect2: fatal error: cannot find 'ld'");
  CHECK(complaint("warning: x\nerror[E0463]: can't find crate for `std`\n") == "can't find crate for `std`");
  CHECK(complaint("something\nelse\n\n") == "else");
  CHECK(complaint("") == "");
}
