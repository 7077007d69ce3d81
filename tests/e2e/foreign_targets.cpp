// Releases for targets whose programs do not run here, with the real compilers for those that are installed.

#include <doctest/doctest.h>

#include <iterator>
#include <sstream>

#include "lab.h"

using namespace e2e;

namespace {

/// A package with PGO, released plainly where it cannot train.
struct Foreign : Lab {
  Foreign() {
    package("chains").file("src/main.rs", chains).file("pgo.toml", pgo_toml("unrunnable = \"plain\"\n"));
  }
  static std::string pgo_toml(const std::string& release, const std::string& pgo = "pgo = true") {
    return package_project + "[[variant]]\nname = \"pgo\"\n" + pgo +
           "\n[release]\nvariant = \"pgo\"\narchive = [\"zip\"]\n" + release;
  }
  /// Its standard library is there, and what links for it.
  bool has(const std::string& target, const std::string& linker) const {
    return run({"sh", "-c",
                "ls \"$(rustc --print target-libdir --target " + target + ")\"/libstd-*.rlib && command -v " +
                    linker})
               .status == 0;
  }
  Json manifest() const { return Json::parse(read(root() / "dist/manifest.json")); }
};

}  // namespace

TEST_CASE_FIXTURE(Foreign, "a release for WebAssembly is plain where that is allowed, and says so") {
  const std::string target = "wasm32-wasip1";
  if (!has(target, "true")) {
    MESSAGE("skipped: rustc has no standard library for ", target);
    return;
  }
  const auto ended = orch({"release", "-q", "--target", target});
  REQUIRE_MESSAGE(ended.status == 0, ended.err);
  CHECK_MESSAGE(contains(ended.out, "note: released WITHOUT PGO for wasm32-wasip1"), ended.out);
  CHECK(read(root() / "dist/chains.wasm").starts_with(std::string("\0asm", 4)));
  CHECK(manifest().at("pgo").is_null());
  CHECK(contains(manifest().at("checks").dump(),
                 "nothing was run: programs for wasm32-wasip1 do not run here"));
  CHECK(contains(orch({"verify", "dist/chains.wasm"}).out, "no PGO"));

  file("pgo.toml", pgo_toml("unrunnable = \"refuse\"\n"));
  CHECK(contains(orch({"release", "-q", "--target", target}).err, "its programs do not run here"));
  file("pgo.toml", pgo_toml("unrunnable = \"saved-profile\"\n", "pgo = { profile = \"x.profdata\" }"));
  CHECK(contains(orch({"release", "-q", "--target", target}).err, "say \"plain\", or leave the target out"));
}

TEST_CASE_FIXTURE(Foreign, "the libraries that a Windows executable imports are read from it") {
  const std::string target = "x86_64-pc-windows-gnu";
  if (!has(target, "x86_64-w64-mingw32-gcc")) {
    MESSAGE("skipped: nothing compiles or links for ", target);
    return;
  }
  const auto ended = orch({"release", "-q", "--target", target});
  REQUIRE_MESSAGE(ended.status == 0, ended.err);
  const auto executable = manifest().at("files").at(0);
  CHECK(executable.at("path") == "chains.exe");
  CHECK(contains(executable.at("libraries").dump(), "KERNEL32.dll"));
  file("pgo.toml", pgo_toml("unrunnable = \"plain\"\nforbid-libs = [\"kernel32.*\"]\n"));
  CHECK(
      contains(orch({"release", "-q", "--target", target}).err, "it needs the shared library KERNEL32.dll"));
}

TEST_CASE_FIXTURE(Foreign, "several targets have a folder each, and musl trains here as glibc does") {
  const std::string musl = "x86_64-unknown-linux-musl", gnu = "x86_64-unknown-linux-gnu";
  if (!has(musl, "cc") || !has(gnu, "cc")) {
    MESSAGE("skipped: rustc has no standard library for ", musl);
    return;
  }
  const auto ended = orch({"release", "-q", "--target", gnu, "--target", musl});
  REQUIRE_MESSAGE(ended.status == 0, ended.err);
  for (const auto& target : {gnu, musl}) {
    const auto own = Json::parse(read(root() / "dist" / target / "manifest.json"));
    CHECK(own.at("target") == target);
    CHECK(own.at("pgo").at("hot_functions_marked") > 0);
    CHECK(own.at("files").at(0).at("glibc").is_null() == (target == musl));
  }
  const auto whole = orch({"verify", "dist"});
  CHECK(whole.status == 0);
  CHECK_MESSAGE(contains(whole.out, "the manifest of each target says it"), whole.out);
}

TEST_CASE_FIXTURE(Foreign, "a profile is saved for the target that is named, and is refused for others") {
  const std::string musl = "x86_64-unknown-linux-musl";
  if (!has(musl, "cc")) {
    MESSAGE("skipped: rustc has no standard library for ", musl);
    return;
  }
  file("pgo.toml", pgo_toml("", "pgo = { profile = \"pgo/{target}.profdata\" }"));
  const auto without = orch({"release", "-q", "--target", musl});
  const std::string advice =
      "profile save pgo/" + musl + ".profdata pgo.toml --variant pgo --target " + musl + " --train";
  CHECK_MESSAGE(contains(without.err, "`pgo-orch " + advice + "`"), without.err);
  std::istringstream words(advice);
  std::vector<std::string> command{std::istream_iterator<std::string>(words), {}};
  REQUIRE(orch(command).status == 0);
  REQUIRE(orch({"release", "-q", "--target", musl}).status == 0);
  CHECK(manifest().at("pgo").at("hot_counts_matched") == 1.0);
  CHECK(orch({"profile", "status", "--target", musl}).status == 0);
  file("pgo.toml", pgo_toml("", "pgo = { profile = \"pgo/" + musl + ".profdata\" }"));
  CHECK(contains(orch({"release", "-q"}).err, "was trained for " + musl));
}
