#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

std::string three_variants(const std::string& project = "source = \"fib.rs\"\n") {
  return project_with(project) + R"(
[[variant]]
name = "fat"
lto = "fat"
codegen-units = 1
target-cpu = "x86-64-v3"

[[variant]]
name = "pgo"
inherits = "fat"
pgo = true
)";
}

}  // namespace

TEST_CASE("a run builds the baseline, checks it twice, then builds and checks the variants, and times them") {
  Test test;
  test.file("fib.rs", "print 9227465").file("pgo.toml", three_variants());
  const auto result = test.run({"run"});
  CHECK(result.code == 0);
  CHECK(test.story() == Words{"fetch", "build baseline/plain", "strip", "run baseline", "run baseline",
                              "build fat/plain", "strip", "run fat", "build pgo/instrumented", "train pgo",
                              "merge", "merge", "build pgo/optimized", "show", "strip", "run pgo"});
  CHECK(test.reason("baseline") == "ok: ");
  CHECK(test.reason("fat") == "ok: ");
  CHECK(test.reason("pgo") == "ok: ");
  const auto benchmark = test.results().at("benchmarks").at(0);
  CHECK(benchmark.at("workload") == "fib");
  CHECK(benchmark.at("results").size() == 3);
  for (const auto& each : benchmark.at("results")) CHECK(each.at("times").size() == benchmark.at("rounds"));
  CHECK(result.out.find("variant   run time") != std::string::npos);
  CHECK(std::ranges::count(result.out, '\n') <= 20);
}

TEST_CASE("the progress of a run is a line for each stage that starts and ends, where there is no terminal") {
  Test test;
  test.file("fib.rs", "print 9227465").file("pgo.toml", three_variants());
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 0);
  CHECK(test.normal(result.err) == R"([1/3] baseline: build
[1/3] baseline: build done in TIME
note: baseline: built in TIME, output checked; 'fib' takes about TIME
note: 2 more variants to build: about TIME and SIZE, if nothing is reused
[2/3] fat: build, about TIME left
[2/3] fat: build done in TIME
[3/3] pgo: instrumented build, about TIME left
[3/3] pgo: instrumented build done in TIME
[3/3] pgo: train, about TIME left
[3/3] pgo: train with 'fib'
[3/3] pgo: train done in TIME
[3/3] pgo: optimized build, about TIME left
[3/3] pgo: optimized build done in TIME
[3/3] pgo: prove, about TIME left
[3/3] pgo: prove done in TIME
)");
}

TEST_CASE("flags reach cargo in CARGO_ENCODED_RUSTFLAGS only, and the stages of PGO differ in nothing else") {
  Test test;
  test.file("fib.rs", "print 9227465").file("pgo.toml", three_variants());
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  const auto builds = test.builds();
  REQUIRE(builds.size() == 4);
  const std::string pgo = test.path(".pgo-orch/variants/pgo").string();
  CHECK(builds[0].flags() == "-Cstrip=none");
  CHECK(builds[1].flags() == "-Ctarget-cpu=x86-64-v3 -Cstrip=none");
  CHECK(builds[2].flags() == "-Ctarget-cpu=x86-64-v3 -Cprofile-generate=" + pgo + "/profiles/stray");
  CHECK(builds[3].flags() ==
        "-Ctarget-cpu=x86-64-v3 -Cprofile-use=" + pgo + "/profiles/merged.profdata -Cstrip=none");
  CHECK(builds[2].args == Words{"build", "-v", "--profile", "release", "--config",
                                "build.build-dir=\"" + pgo + "/target-instrumented\"", "--config",
                                pgo + "/config.instrumented.toml", "--target", "x86_64-unknown-linux-gnu",
                                "--target-dir", pgo + "/target-instrumented", "--message-format",
                                "json-render-diagnostics", "--bin", "fib"});
  CHECK(builds[3].args == Words{"build", "-v", "--profile", "release", "--config",
                                "build.build-dir=\"" + pgo + "/target-optimized\"", "--config",
                                pgo + "/config.optimized.toml", "--target", "x86_64-unknown-linux-gnu",
                                "--target-dir", pgo + "/target-optimized", "--message-format",
                                "json-render-diagnostics", "--bin", "fib"});
  const auto without_comments = [&](const std::string& name) {
    std::string text;
    std::istringstream lines(test.read(".pgo-orch/variants/pgo/" + name));
    for (std::string line; std::getline(lines, line);)
      if (!line.starts_with("#")) text += line + "\n";
    return text;
  };
  CHECK(without_comments("config.instrumented.toml") == without_comments("config.optimized.toml"));
}

TEST_CASE("what the user's environment would falsify does not reach a build, and is said") {
  Test test;
  test.file("fib.rs", "print 9227465").file("pgo.toml", three_variants());
  test.env("RUSTFLAGS", "-Cforce-frame-pointers=yes").env("CARGO_BUILD_RUSTFLAGS", "-Clost");
  test.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "-Clost");
  test.env("CARGO_TARGET_DIR", "/nowhere/target").env("CARGO_BUILD_TARGET_DIR", "/nowhere/target");
  test.env("LLVM_PROFILE_FILE", "/nowhere/stray.profraw").env("MAKEFLAGS", "-j --jobserver-auth=3,4");
  test.env("RUSTC_WRAPPER", "sccache")
      .env("RUSTC_WORKSPACE_WRAPPER", "sccache")
      .env("CARGO_INCREMENTAL", "1");
  const auto result = test.run({"run", "--no-measure", "--verbose"});
  CHECK(result.code == 0);
  const auto builds = test.builds();
  REQUIRE(builds.size() == 4);
  for (const auto& build : builds) {
    CHECK(build.flags().starts_with("-Cforce-frame-pointers=yes"));
    for (const char* name :
         {"RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS",
          "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "LLVM_PROFILE_FILE", "MAKEFLAGS", "CARGO_INCREMENTAL",
          "RUSTC_WORKSPACE_WRAPPER"}) {
      CAPTURE(name);
      CHECK(build.variable(name) == std::nullopt);
    }
    CHECK(build.variable("RUSTC_WRAPPER") == "");
    CHECK(!build.variable("CARGO_BUILD_BUILD_DIR"));
    CHECK(build.has("build.build-dir=\"" + build.behind("--target-dir") + "\""));
  }
  for (const char* word : {"CARGO_TARGET_DIR=/nowhere/target", "RUSTC_WRAPPER=sccache", "CARGO_INCREMENTAL=1",
                           "LLVM_PROFILE_FILE=/nowhere/stray.profraw", "MAKEFLAGS=-j"}) {
    CAPTURE(word);
    CHECK(result.out.find(std::string(word)) != std::string::npos);
  }
}

TEST_CASE("training writes its profiles into the variant's folder, and other runs of programs write none") {
  Test test;
  test.file("fib.rs", "print 9227465").file("pgo.toml", three_variants());
  test.env("LLVM_PROFILE_FILE", test.outside("ambient.profraw").string());
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  const auto runs = test.calls("program");
  REQUIRE(runs.size() == 5);
  for (const auto& run : runs) {
    const bool trains = run.args.front() == test.path(".pgo-orch/variants/pgo/instrumented/fib");
    const auto pattern = test.path(".pgo-orch/variants/pgo/profiles/raw/fib/%m_%p.profraw").string();
    CHECK(run.variable("LLVM_PROFILE_FILE") == (trains ? std::optional(pattern) : std::nullopt));
    CHECK(run.cwd == test.path());
  }
  CHECK(!std::filesystem::exists(test.outside("ambient.profraw")));
}

TEST_CASE("with host-flags no --target is passed, in no stage") {
  Test test;
  test.file("fib.rs", "print 9227465");
  test.file("pgo.toml", three_variants("source = \"fib.rs\"\nhost-flags = true\n"));
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  const auto builds = test.builds();
  CHECK(builds.size() == 4);
  for (const auto& build : builds) CHECK(!build.has("--target"));
  for (const auto& call : test.calls("cargo")) CHECK(!call.has("--target"));
}

TEST_CASE(
    "a package of the user's is built in its own folder, with its lock file, and nothing is written to it") {
  Test test;
  test.file("app/Cargo.toml", "[package]\nname = \"fib\"\nversion = \"0.1.0\"\n");
  test.file("app/src/main.rs", "print 9227465").file("app/Cargo.lock", "# the user's\n");
  test.file("app/pgo.toml", three_variants("manifest = \"Cargo.toml\"\n"));
  CHECK(test.run({"run", "app/pgo.toml", "--no-measure"}).code == 0);
  for (const auto& build : test.builds()) CHECK(build.cwd == test.path("app"));
  Words names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(test.path("app"))) {
    const auto name = entry.path().lexically_relative(test.path("app")).string();
    if (!name.starts_with(".pgo-orch/")) names.push_back(name);
  }
  std::ranges::sort(names);
  CHECK(names == Words{".pgo-orch", "Cargo.lock", "Cargo.toml", "pgo.toml", "src", "src/main.rs"});
  CHECK(test.read("app/Cargo.lock") == "# the user's\n");
}

TEST_CASE("a package without a lock file is built in a shadow of it, which is said") {
  Test test;
  test.file("Cargo.toml", "[package]\nname = \"fib\"\nversion = \"0.1.0\"\n")
      .file("src/main.rs", "print 9227465");
  test.file("pgo.toml", three_variants("manifest = \"Cargo.toml\"\n"));
  const auto result = test.run({"run", "--no-measure", "--verbose"});
  CHECK(result.code == 0);
  CHECK(!std::filesystem::exists(test.path("Cargo.lock")));
  for (const auto& build : test.builds()) CHECK(build.cwd.starts_with(test.path(".pgo-orch").string()));
  CHECK(result.out.find("built in a copy of the workspace") != std::string::npos);
}

TEST_CASE("where a copy is built, the copy is named if a file is missing, and not for other errors") {
  for (const bool missing : {true, false}) {
    Test test;
    test.file("Cargo.toml", "[package]\nname = \"fib\"\nversion = \"0.1.0\"\n");
    test.file("src/main.rs", missing ? "error couldn't read `../fonts`" : "error cannot find value `x`");
    test.file("pgo.toml", three_variants("manifest = \"Cargo.toml\"\n"));
    CHECK(test.run({"run", "--no-measure"}).code == 1);
    CHECK(contains(test.reason("baseline"), "It was built in a copy of the workspace") == missing);
  }
}

TEST_CASE("without a network, what has to be fetched fails the run, and says so") {
  Test test;
  test.file("fib.rs", "print 9227465").file("pgo.toml", three_variants()).file("../no-network", "");
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 1);
  CHECK(test.reason("baseline") == "failed: fetch: exit code 101");
  CHECK(test.row("baseline").at("failure").at("tail") ==
        Words{"error: failed to download from the registry"});
  CHECK(test.builds().empty());
}
