// Keys of `pgo`, and what builds instead of cargo.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// The flags of both builds of the variant `pgo`.
struct Stages {
  std::string instrumented, optimized;
};

Stages flags_of(const Test& test) {
  Stages stages;
  for (const auto& build : test.builds()) {
    const auto target = build.behind("--target-dir");
    if (target.ends_with("instrumented")) stages.instrumented = build.flags();
    if (target.ends_with("optimized")) stages.optimized = build.flags();
  }
  return stages;
}

const std::string cfg = "pgo = { stage-cfg = [\"pgo_training\"] }";

const std::string package = "[package]\nname = \"toy\"\n\n[[bin]]\nname = \"toy\"\npath = \"src/main.rs\"\n";

}  // namespace

TEST_CASE("stage-cfg is for the instrumented build only, and the proof holds") {
  Test test;
  test.file("pgo.toml", with_variant(fib, "pgo", cfg));
  test.file("fib.rs",
            "if instrumented unless pgo_training exit 3\nif optimized if pgo_training exit 4\nprint 1");
  CHECK(test.built("pgo") == "ok: ");
  const auto flags = flags_of(test);
  CHECK(contains(flags.instrumented, "--cfg=pgo_training"));
  CHECK_FALSE(contains(flags.optimized, "pgo_training"));
  CHECK(test.row("pgo").at("pgo").at("basis") == "metadata and names");
  CHECK(contains(test.run({"plan"}).out, "--cfg=pgo_training"));
}

TEST_CASE("hot-cutoff is given to LLVM when the profile is used") {
  Test test;
  test.file("pgo.toml", with_variant(fib, "pgo", "pgo = { hot-cutoff = \"95%\" }")).file("fib.rs", "print 1");
  CHECK(test.built("pgo") == "ok: ");
  const auto flags = flags_of(test);
  CHECK(contains(flags.optimized, "-Cllvm-args=-profile-summary-cutoff-hot=950000"));
  CHECK_FALSE(contains(flags.instrumented, "cutoff"));
  CHECK(test.row("pgo").at("settings").at("pgo").at("hot-cutoff") == 0.95);
}

TEST_CASE("a saved profile has no instrumented build, and a cutoff is a share") {
  Test test;
  test.file("fib.rs", "print 1").file("saved.profdata", "x");
  const auto error = [&](const std::string& keys) {
    test.file("pgo.toml", with_variant(fib, "pgo", "pgo = { " + keys + " }"));
    return test.run({"plan"}).err;
  };
  CHECK(contains(error("profile = \"saved.profdata\", stage-cfg = [\"a\"]"),
                 "'stage-cfg' and 'profile' cannot be used together"));
  CHECK(contains(error("hot-cutoff = \"100%\""), "'hot-cutoff' must be over 0% and at most 99.9999%"));
}

TEST_CASE("another program may build instead of cargo") {
  Test test;
  test.file("Cargo.toml", package).file("src/main.rs", "print 1").file("Cargo.lock", "");
  test.tool("cross", "echo \"$*\" >> \"$TOY_DIR/crossed\"\nexec \"${0%/*}/cargo\" \"$@\"");
  test.file("pgo.toml", project_with("manifest = \"Cargo.toml\"\ncargo = [\"cross\"]\n", "toy"));
  CHECK(test.built("baseline") == "ok: ");
  CHECK(test.read("../crossed").starts_with("build -v --profile release"));
  const auto script = test.run({"plan", "--format", "sh"}).out;
  CHECK(contains(script, "  cross build --profile release"));
}

TEST_CASE("a program or subcommand that is not there is said before anything is built") {
  Test test;
  test.file("Cargo.toml", package).file("src/main.rs", "print 1").file("Cargo.lock", "");
  const auto error = [&](const std::string& cargo) {
    test.file("pgo.toml", project_with("manifest = \"Cargo.toml\"\ncargo = " + cargo + "\n", "toy"));
    const auto result = test.run({"run", "--no-measure"});
    CHECK(result.code == 3);
    return test.reason("baseline");
  };
  CHECK(error("[\"cargo\", \"auditable\"]") ==
        "skipped: cargo has no subcommand 'auditable' here: try `cargo install --locked cargo-auditable`");
  CHECK(error("[\"nowhere\"]") == "skipped: no program 'nowhere' on the PATH ('cargo' in [project])");
  CHECK(test.builds().empty());
}
