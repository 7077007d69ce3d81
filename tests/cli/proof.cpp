#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// The status and reason of variant `pgo` when fib.rs is this.
std::string pgo_reason(Test& test, const std::string& source, int code = 1) {
  return test.file("fib.rs", source).built("pgo", code);
}

}  // namespace

TEST_CASE("a profile that fits is shown with its coverage") {
  Test test;
  test.file("pgo.toml", fib_and_pgo).file("fib.rs", "print 9227465");
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 0);
  const auto pgo = test.row("pgo").at("pgo");
  CHECK(pgo.at("functions_in_profile") == 2);
  CHECK(pgo.at("functions_matched") == 2);
  CHECK(pgo.at("functions_missing") == 0);
  CHECK(pgo.at("coverage") == 1.0);
  CHECK(pgo.at("metadata_units") == 1);
  CHECK(pgo.at("workloads").at(0).at("name") == "fib");
  CHECK(pgo.at("workloads").at(0).at("raw_files") == 1);
  CHECK(result.out.find("'pgo': 2 of 2 functions (100.0 %) found their profile") != std::string::npos);
}

TEST_CASE("C in the profile is said") {
  Test test;
  test.file("pgo.toml", fib_and_pgo);
  CHECK(pgo_reason(test, "print 1\nprofile with-c", 0) == "ok: ");
  CHECK(test.has_note("pgo: the profile also has 1 function with a name of C (such as 'mix'): Rust's own"));
  pgo_reason(test, "print 1", 0);
  CHECK(!test.has_note("of C (such as"));
}

TEST_CASE("metadata that differs between the stages fails the variant, with the crate's name") {
  Test test;
  test.file("pgo.toml", fib_and_pgo);
  CHECK(pgo_reason(test, "metadata-by-flags\nprint 1") ==
        "failed: prove: cargo's -C metadata differs between the instrumented and the optimized build in fib: "
        "their functions have other names in the profile, so it has no effect. The usual cause is a build "
        "script "
        "or variable that differs between the stages");
  CHECK(test.row("pgo").at("failure").at("stage") == "prove");
}

TEST_CASE("a profile of other functions fails the variant") {
  Test test;
  test.file("pgo.toml", fib_and_pgo);
  CHECK(pgo_reason(test, "profile stale\nprint 1") ==
        "failed: prove: the profile fits 0 of 2 functions (0.0 %), less than min-coverage (1.0 %): it would "
        "have no effect. Missing: fib::main, fib::work");
}

TEST_CASE("min-coverage decides how much of a profile must fit") {
  Test test;
  test.file("pgo.toml", fib + R"(
[[variant]]
name = "half"
pgo = { min-coverage = "50%" }
[[variant]]
name = "most"
pgo = { min-coverage = "51%" }
cfg = ["other"]
)");
  test.file("fib.rs", "profile half\nprint 1");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("half") == "ok: ");
  CHECK(test.reason("most") ==
        "failed: prove: the profile fits 1 of 2 functions (50.0 %), less than min-coverage (51.0 %): it "
        "would have no effect. Missing: fib::work");
}

TEST_CASE("a flag that rustc was not given fails the variant") {
  Test test;
  test.file("pgo.toml", fib_and_pgo);
  CHECK(pgo_reason(test, "if optimized drop-flag -Cprofile-use\nprint 1") ==
        "failed: optimized build: cargo did not build what was planned: rustc of crate fib was not given "
        "-Cprofile-use=PROJECT/.pgo-orch/variants/pgo/profiles/merged.profdata (pgo (use))");
}

TEST_CASE("a flag that a later one overrides fails the variant, naming both") {
  Test test;
  test.file("fib.rs", "if fast append-flag -Ctarget-cpu=x86-64\nprint 1");
  test.file("pgo.toml", with_variant(fib, "v3", "cfg = [\"fast\"]\ntarget-cpu = \"x86-64-v3\""));
  CHECK(test.built("v3", 1) ==
        "failed: build: cargo did not build what was planned: in crate fib a later -Ctarget-cpu=x86-64 "
        "overrides -Ctarget-cpu=x86-64-v3 (variant (target-cpu))");
}

TEST_CASE("a profile setting that something overrides fails the variant") {
  Test test;
  test.file("fib.rs", "if fast append-flag -Copt-level=1\nprint 1");
  test.file("pgo.toml", with_variant(fib, "o2", "opt-level = 2\ncfg = [\"fast\"]"));
  CHECK(test.built("o2", 1) ==
        "failed: build: cargo did not build what was planned: crate fib was built with opt-level 1, not with "
        "the variant's 2");
}

TEST_CASE("a build that failed its proof fails it again when nothing is left to compile") {
  Test test;
  test.file("pgo.toml", fib_and_pgo);
  const auto first = pgo_reason(test, "if optimized drop-flag -Cprofile-use\nprint 1");
  CHECK(pgo_reason(test, "if optimized drop-flag -Cprofile-use\nprint 1") == first);
}

namespace {

/// With a dependency, whose units are fresh when only fib.rs changed.
std::string with_dependency(const std::string& settings = "") {
  return with_variant(project_with("source = \"fib.rs\"\ndependencies = { regex = \"1\" }\n"), "pgo",
                      "pgo = true\n" + settings);
}

}  // namespace

TEST_CASE("units that are fresh count in the proof as well") {
  Test test;
  test.file("pgo.toml", with_dependency());
  CHECK(pgo_reason(test, "print 1", 0) == "ok: ");
  CHECK(test.row("pgo").at("pgo").at("metadata_units") == 2);
  CHECK(pgo_reason(test, "print 2", 0) == "ok: ");
  CHECK(test.row("pgo").at("pgo").at("metadata_units") == 2);
}

TEST_CASE("units of a build that failed behind them are not taken on trust") {
  Test test;
  test.file("pgo.toml", with_dependency());
  CHECK(pgo_reason(test, "print 1\nif instrumented error no") == "failed: instrumented build: exit code 101");
  CHECK(pgo_reason(test, "print 1", 0) == "ok: ");
  CHECK(test.row("pgo").at("pgo").at("metadata_units") == 2);
}

TEST_CASE(
    "a record of units from before a failed build with other settings is not held against the next one") {
  Test test;
  test.file("pgo.toml", with_dependency());
  CHECK(pgo_reason(test, "print 1", 0) == "ok: ");
  test.file("pgo.toml", with_dependency("lto = \"fat\"\n"));
  CHECK(pgo_reason(test, "print 1\nif instrumented error no") == "failed: instrumented build: exit code 101");
  CHECK(pgo_reason(test, "print 1", 0) == "ok: ");
}

TEST_CASE("flags of units that a failed build left are checked by the next one") {
  Test test;
  const auto plain = project_with("source = \"fib.rs\"\ndependencies = { regex = \"1\" }\n");
  test.file("pgo.toml", plain).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  test.file("pgo.toml", plain + "rustflags = [\"-Clost-in=regex\"]\n").file("fib.rs", "error no");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  test.file("fib.rs", "print 1");
  CHECK(test.built("baseline", 1) ==
        "failed: build: cargo did not build what was planned: rustc of crate regex was not given "
        "-Clost-in=regex "
        "(variant (rustflags))");
}
