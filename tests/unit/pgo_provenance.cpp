#include "pgo/provenance.h"

#include <doctest/doctest.h>

#include "profiles_golden.h"
#include "profiles_mutations.h"
#include "toolchains/error.h"

using namespace pgo_orch;
using namespace pgo_orch::pgo;

namespace {

Provenance sample() {
  return {.tool_version = "1.0.0",
          .project = "app",
          .variant = "pgo",
          .settings = {{"codegen-units", "1"}, {"lto", "\"fat\""}},
          .flags = {"-Ctarget-cpu=x86-64-v3"},
          .rustc = "1.95.0",
          .llvm = "22.1.2",
          .target = "x86_64-unknown-linux-gnu",
          .crates = {{"app", "0.1.0", "app", "bin", "m1"}},
          .workloads = {{"train", "key"}},
          .functions = 8,
          .counts = 505846,
          .sha256 = "aa",
          .saved = "2026-01-02T03:04:05Z",
          .revision = "0506",
          .modified = true};
}

std::string named(const std::vector<SavedCrate>& crates) {
  std::string names;
  for (const auto& crate : crates)
    names += crate.package + " " + crate.version + " " + crate.name + " " + crate.kind + "\n";
  return names;
}

}  // namespace

TEST_CASE("the record of a saved profile is read as it was written") {
  const auto text = to_json(sample());
  CHECK(to_json(provenance_from_json(text)) == text);
  CHECK(provenance_from_json(text).crates == sample().crates);
  CHECK(provenance_from_json(text).settings == sample().settings);
  CHECK(has_one_unit(sample()));
  auto without = sample();
  without.settings.clear();
  CHECK_FALSE(has_one_unit(without));
  without.revision = "";
  CHECK(to_json(without).find("revision") == std::string::npos);
}

TEST_CASE("a damaged record, or another file, is refused") {
  CHECK_THROWS_WITH_AS(provenance_from_json("{}"), "it is not a record that `pgo-orch profile save` wrote",
                       Error);
  CHECK_THROWS_WITH_AS(provenance_from_json(R"({"schema":"pgo-orch/profile/9"})"),
                       "schema \"pgo-orch/profile/9\" is not supported; this version of pgo-orch reads "
                       "\"pgo-orch/profile/1\"",
                       Error);
  const auto text = to_json(sample());
  for (std::size_t length = 0; length + 2 < text.size(); length += 7)
    CHECK_THROWS_AS(provenance_from_json(text.substr(0, length)), Error);
}

TEST_CASE("the crates of a real build, with their packages; build scripts and macros are not among them") {
  const auto artifacts = parse_artifacts(golden::read("pgo/build.jsonl"));
  const auto units = update({}, parse_rustc_calls(golden::read("pgo/build.log")), artifacts);
  CHECK(named(crates_of(units, artifacts)) ==
        "demo-app 0.1.0 demo_app bin\ndemo-app 0.1.0 other_one bin\ndemo-app 0.1.0 show bin\nhelper 0.2.0 "
        "helper lib\nouter-lib 1.0.0 outer_lib lib\n");
}

TEST_CASE("package ids of all versions of cargo") {
  const auto package = [](const std::string& id) {
    const auto found =
        parse_artifacts(R"({"reason":"compiler-artifact","package_id":")" + id +
                        R"(","target":{"kind":["lib"],"name":"a","src_path":"/a/src/lib.rs"}})");
    REQUIRE(found.size() == 1);
    return found.front().package + " " + found.front().version;
  };
  CHECK(package("registry+https://github.com/rust-lang/crates.io-index#anyhow@1.0.86") == "anyhow 1.0.86");
  CHECK(package("path+file:///home/ada/my%20code/demo#0.3.0") == "demo 0.3.0");
  CHECK(package("path+file:///home/ada/demo/#0.3.0") == "demo 0.3.0");
  CHECK(package("git+https://host/lib?branch=main#outer-lib@1.0.0-rc.1") == "outer-lib 1.0.0-rc.1");
  CHECK(package("git+https://host/lib?rev=abc#1.0.0") == "lib 1.0.0");
  CHECK(package("anyhow 1.0.86 (registry+https://github.com/rust-lang/crates.io-index)") == "anyhow 1.0.86");
  CHECK(package("toy") == " ");
}

TEST_CASE("crates that were built twice, in different ways, are left out") {
  const CargoArtifact artifact{"a", "lib", "/w/a/src/lib.rs", {}, false, "a", "1.0.0"};
  const Units once{.metadata = {{"a\tlib\ta/src/lib.rs\tt\t", {"m1"}}}, .strip = "", .linker_strips = ""};
  CHECK(crates_of(once, {artifact}) == std::vector<SavedCrate>{{"a", "1.0.0", "a", "lib", "m1"}});
  auto twice = once;
  twice.metadata["a\tlib\ta/src/lib.rs\tt\tfeature=\"x\""] = {"m2"};
  CHECK(crates_of(twice, {artifact}).empty());
  auto on_host = once;
  on_host.metadata["a\tlib\ta/src/lib.rs\thost\t"] = {"m2"};
  CHECK(crates_of(on_host, {artifact}).size() == 1);
}

TEST_CASE("settings that make another code of a function are compared, others are not") {
  CHECK(differing_settings(sample(), {{"codegen-units", "1"}, {"lto", "\"fat\""}, {"strip", "\"symbols\""}})
            .empty());
  CHECK(differing_settings(sample(), {{"codegen-units", "16"}, {"panic", "\"abort\""}}) ==
        std::vector<std::string>{
            "it was trained with lto = \"fat\", and this variant has no lto",
            "it was trained with codegen-units = 1, and this variant has codegen-units = 16",
            "it was trained with no panic, and this variant has panic = \"abort\""});
}
