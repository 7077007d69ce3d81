#include "pgo/units.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "pgo/proof.h"
#include "profiles_golden.h"
#include "profiles_mutations.h"

using namespace pgo_orch;
using namespace pgo_orch::pgo;

namespace {

RustcCall call(const std::string& words) {
  const auto calls = parse_rustc_calls("     Running `rustc --crate-name " + words + "`\n");
  REQUIRE(calls.size() == 1);
  return calls[0];
}

std::vector<RustcCall> built_calls() {
  return parse_rustc_calls(golden::read("pgo/build.log"));
}
std::vector<CargoArtifact> built_artifacts() {
  return parse_artifacts(golden::read("pgo/build.jsonl"));
}

RustcCall library(const std::string& metadata) {
  return call("a --edition=2021 a/src/lib.rs --crate-type lib --target t -C metadata=" + metadata);
}
const CargoArtifact library_artifact{"a", "lib", "/w/a/src/lib.rs", {}, false};

}  // namespace

TEST_CASE("the record of a real build covers its artifacts, and those of a fresh one") {
  const Units units = update({}, built_calls(), built_artifacts());
  golden::check("pgo/build.units.json", to_json(units));
  CHECK(covers(units, built_artifacts()));
  CHECK(covers(units, parse_artifacts(golden::read("pgo/fresh.jsonl"))));
  CHECK(units.crates() ==
        std::set<std::string>{"demo_app", "helper", "other_one", "outer_lib", "shout", "show"});
  CHECK(units.strip == "debuginfo");
}

TEST_CASE("a record survives being written and read") {
  const Units units = update({}, built_calls(), built_artifacts());
  CHECK(units_from_json(to_json(units)) == units);
  CHECK(units_from_json(to_json({})) == Units{});
}

TEST_CASE("a text that is no record is an empty one") {
  for (const char* text :
       {"", "{", "[]", "{}", "{\"metadata\":[]}", "{\"metadata\":{\"a\":[1]}}", "{\"strip\":1}"}) {
    INFO(text);
    CHECK(units_from_json(text) == Units{});
  }
  CHECK(units_from_json("{\"metadata\":{\"a\":[\"b\"]},\"strip\":1}").strip.empty());
}

TEST_CASE("nothing new leaves a record as it is, and what cargo no longer names is dropped") {
  const Units units = update({}, built_calls(), built_artifacts());
  CHECK(update(units, {}, built_artifacts()) == units);
  CHECK(update(units, {}, {}).metadata.empty());
  CHECK_FALSE(covers({}, built_artifacts()));
  CHECK(covers({}, {}));
}

TEST_CASE("a unit that is built again has its new metadata alone") {
  const Units before = update({}, {library("1")}, {library_artifact});
  const Units after = update(before, {library("2")}, {library_artifact});
  REQUIRE(after.metadata.size() == 1);
  CHECK(after.metadata.begin()->second == std::set<std::string>{"2"});
}

TEST_CASE("one unit built with two profiles has both") {
  const Units units = update({}, {library("1"), library("2")}, {library_artifact});
  REQUIRE(units.metadata.size() == 1);
  CHECK(units.metadata.begin()->second == std::set<std::string>{"1", "2"});
}

TEST_CASE("units of other targets and with other features are forgotten, though cargo names their crates") {
  const auto for_target = [](const std::string& target, const std::string& feature) {
    return call("a a/src/lib.rs --crate-type lib --cfg 'feature=\"" + feature + "\"' --target " + target +
                " -C metadata=1");
  };
  auto artifact = library_artifact;
  artifact.features = {"x"};
  const Units both = update({}, {for_target("t", "x"), for_target("u", "x")}, {artifact});
  CHECK(both.metadata.size() == 2);
  CHECK(of_target(both, "u") == update({}, {for_target("u", "x")}, {artifact}));
  CHECK(of_target(both, "").metadata.empty());
  const Units failed = add_calls({}, {for_target("t", "y")});
  CHECK(update(failed, {for_target("t", "x")}, {artifact}) == of_target(both, "t"));
  CHECK_FALSE(covers(failed, {artifact}));
}

TEST_CASE("a package of another folder is not covered by one of the same name") {
  const Units units = update({}, {library("1")}, {library_artifact});
  CHECK_FALSE(covers(units, {{"a", "lib", "/w/b/src/lib.rs", {}, true}}));
  CHECK_FALSE(covers(units, {{"a", "lib", "/w/extra/src/lib.rs", {}, true}}));
}

TEST_CASE("what to strip is what profile and flags say, but for the flag that keeps symbols for the proof") {
  const auto strip = [](const std::string& flags) {
    const CargoArtifact artifact{"a", "bin", "/w/src/main.rs", {}, false};
    return update({}, {call("a --edition=2021 src/main.rs --crate-type bin --target t " + flags)}, {artifact})
        .strip;
  };
  CHECK(strip("") == "none");
  CHECK(strip("-C strip=symbols") == "symbols");
  CHECK(strip("-C strip=debuginfo -Cstrip=none") == "debuginfo");
  CHECK(strip("-C strip=debuginfo -Cstrip=symbols -Cstrip=none") == "symbols");
  CHECK(strip("-C strip=symbols -Cstrip=none -Cstrip=none") == "none");
}

TEST_CASE("a build script does not say what to strip") {
  const Units units =
      update({},
             {call("a --edition=2021 src/main.rs --crate-type bin --target t -C strip=symbols"),
              call("build_script_build --edition=2021 build.rs --crate-type bin -C strip=debuginfo")},
             {});
  CHECK(units.strip == "symbols");
}

TEST_CASE("stages with the same metadata have no difference") {
  const Units units = update({}, built_calls(), built_artifacts());
  const auto proof = compare_metadata(units, units);
  CHECK(proof.units == 9);
  CHECK(proof.differing.empty());
}

TEST_CASE("crates whose metadata differs, or that only one stage built, are named once") {
  const Units units = update({}, built_calls(), built_artifacts());
  Units other;
  for (const auto& [key, metadata] : units.metadata) {
    if (key.starts_with("helper\t")) continue;
    other.metadata[key] = key.starts_with("shout\t") ? std::set<std::string>{"x"} : metadata;
  }
  other.metadata["extra\tlib\t/x/lib.rs\tt\t"] = {"1"};
  CHECK(compare_metadata(units, other).differing == std::vector<std::string>{"extra", "helper", "shout"});
}

TEST_CASE("a damaged record is some record") {
  const std::string text = golden::read("pgo/build.units.json");
  mutations::for_each_damaged(text, 2000, [](const std::string& damaged) {
    const Units units = units_from_json(damaged);
    units.crates();
    covers(units, built_artifacts());
  });
}
