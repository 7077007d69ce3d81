// Whatever is compared is linked and stripped the same way, whoever asked for it.

#include "lab.h"
#include "toolchains/elf.h"

using namespace e2e;

namespace {

bool has_symbols(const fs::path& file) {
  return pgo_orch::toolchains::elf_info(file).has_symbols;
}

}  // namespace

TEST_CASE("variants with and without pgo are stripped by the same tool") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"([[variant]]
name = "kept"
strip = "none"
[[variant]]
name = "stripped"
strip = true
)" + with_pgo);
  const Json results = lab.built();
  check_all_ok(results);
  for (const std::string variant : {"baseline", "stripped", "pgo"}) {
    CAPTURE(variant);
    const bool all = variant == "stripped";
    CHECK(contains(read(lab.variant(variant) / "strip.log"), all ? "--strip-all" : "--strip-debug"));
    CHECK(has_symbols(lab.variant(variant) / "linked/chains"));
    CHECK(has_symbols(lab.variant(variant) / "bin/chains") == !all);
  }
  CHECK(!fs::exists(lab.variant("kept") / "strip.log"));
  CHECK(fs::file_size(executable(results, "kept")) > 2 * fs::file_size(executable(results, "baseline")));
}

TEST_CASE(
    "a program that the user's flags have the linker strip is linked with symbols, and stripped after the "
    "proof") {
  for (const std::string flags : {"-Clink-arg=-s", "-C link-args=-Wl,--strip-all"}) {
    CAPTURE(flags);
    Lab lab;
    lab.file("chains.rs", chains).file("pgo.toml", chains_project + with_pgo).set("RUSTFLAGS", flags);
    const Json results = lab.built();
    check_all_ok(results);
    check_proved(results, "pgo");
    for (const std::string variant : {"baseline", "pgo"}) {
      CAPTURE(variant);
      CHECK(has_symbols(lab.variant(variant) / "linked/chains"));
      CHECK(!has_symbols(lab.variant(variant) / "bin/chains"));
    }
    CHECK(contains(lab.orch({"plan"}).out, "(RUSTFLAGS) would have the linker strip symbols"));
  }
}

TEST_CASE("a saved profile fits a program that a config file's flags have the linker strip") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + with_pgo);
  lab.file(".cargo/config.toml",
           "[target.x86_64-unknown-linux-gnu]\nrustflags = [\"-C\", \"link-arg=-Wl,-s\"]\n");
  check_proved(lab.built(), "pgo");
  fs::copy_file(lab.variant("pgo") / "profiles/merged.profdata", lab.root() / "saved.profdata");
  lab.file("pgo.toml",
           chains_project + "[[variant]]\nname = \"saved\"\npgo = { profile = \"saved.profdata\" }\n");
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(row(results, "saved").at("pgo").at("coverage") == 1.0);
  CHECK(has_symbols(lab.variant("saved") / "linked/chains"));
  CHECK(!has_symbols(executable(results, "saved")));
}

TEST_CASE("where a build script has the linker strip, a build with symbols serves the proof") {
  for (const std::string argument : {"-s", "-Wl,--gc-sections,--strip-all"}) {
    CAPTURE(argument);
    Lab lab;
    lab.package("chains");
    lab.file("build.rs", "fn main() { println!(\"cargo:rustc-link-arg-bins=" + argument + "\"); }\n");
    lab.file("src/main.rs", chains).file("pgo.toml", package_project + with_pgo);
    const Json results = lab.built();
    check_all_ok(results);
    check_proved(results, "pgo");
    CHECK(!has_symbols(executable(results, "baseline")));
    CHECK(!has_symbols(executable(results, "pgo")));
    CHECK(has_symbols(lab.variant("pgo") / "symbols/chains"));
    CHECK(!fs::exists(lab.variant("pgo") / "target-symbols"));
  }
}

TEST_CASE("where the linker strips whatever it is told, the proof cannot tell, and says so") {
  Lab lab;
  lab.package("chains");
  lab.script("strips", "cc \"$@\" -s\n");
  lab.file(".cargo/config.toml",
           "[target.x86_64-unknown-linux-gnu]\nlinker = \"" + (lab.root() / "strips").string() + "\"\n");
  lab.file("src/main.rs", chains).file("pgo.toml", package_project + with_pgo);
  const Json results = lab.built();
  check_all_ok(results);
  const auto ended = lab.orch({"report"});
  CHECK(contains(ended.out, "'pgo': cannot tell whether its functions found their profile"));
  CHECK(contains(row(results, "pgo").at("pgo").at("basis").get<std::string>(),
                 "it has no symbols: what links it strips it"));
}
