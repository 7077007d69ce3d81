// After `apply`, the user's own `cargo build` takes the variant's settings.

#include "lab.h"

using namespace e2e;

namespace {

const std::string tuned = package_project + R"(
[[variant]]
name = "tuned"
lto = "fat"
codegen-units = 1
panic = "abort"
target-cpu = "x86-64-v2"
link-args = ["-Wl,-z,now"]
packages = { helper = { opt-level = 2 } }
)";

/// What `cargo build --release -v` runs for a crate, rebuilt.
std::string rustc_line(const Lab& lab, const std::string& crate) {
  REQUIRE(lab.run({"cargo", "clean"}).status == 0);
  const auto built = lab.run({"cargo", "build", "--release", "-v"});
  CAPTURE(built.err);
  REQUIRE(built.status == 0);
  const auto begin = built.err.find("--crate-name " + crate + " ");
  REQUIRE(begin != std::string::npos);
  return built.err.substr(begin, built.err.find('\n', begin) - begin);
}

}  // namespace

TEST_CASE("cargo build by hand shows a variant's settings after apply, and not after revert") {
  Lab lab;
  lab.file("src/main.rs", chains).file("pgo.toml", tuned);
  lab.file("helper/Cargo.toml", package("helper")).file("helper/src/lib.rs", "pub fn help() {}\n");
  lab.file(".cargo/config.toml", "[build]\nrustflags = [\"--cfg\", \"mine\"]  # kept\n");
  lab.package("chains",
              "[dependencies]\nhelper = { path = \"helper\" } # local\n\n[profile.release]\ndebug = 1\n");
  REQUIRE(lab.run({"cargo", "generate-lockfile"}).status == 0);
  const auto before = lab.digest();
  CHECK(lab.orch({"apply", "tuned", "--check"}).status == 1);
  CHECK(lab.digest() == before);
  const auto applied = lab.orch({"apply", "tuned", "--yes"});
  CAPTURE(applied.err);
  REQUIRE(applied.status == 0);
  CHECK(lab.orch({"apply", "tuned", "--check"}).status == 0);
  CHECK(contains(read(lab.root() / "Cargo.toml"), "helper = { path = \"helper\" } # local\n"));

  const auto line = rustc_line(lab, "chains");
  for (const char* option : {"-C lto=fat", "-C codegen-units=1", "-C panic=abort", "-C debuginfo=1",
                             "--cfg mine", "-Ctarget-cpu=x86-64-v2", "-Clink-arg=-Wl,-z,now"})
    CHECK_MESSAGE(contains(line, option), line);
  CHECK(contains(rustc_line(lab, "helper"), "-C opt-level=2"));

  REQUIRE(lab.run({"rm", "-r", "target"}).status == 0);
  REQUIRE(lab.orch({"apply", "--revert"}).status == 0);
  CHECK(lab.digest() == before);
  CHECK_FALSE(contains(rustc_line(lab, "chains"), "-C panic=abort"));
}

TEST_CASE("with a variant's settings applied, the baseline is built as that variant is") {
  Lab lab;
  lab.file("src/main.rs", chains)
      .package("chains")
      .file("pgo.toml", tuned.substr(0, tuned.find("packages = ")));
  REQUIRE(lab.orch({"apply", "tuned", "--yes"}).status == 0);
  const auto results = lab.built();
  check_all_ok(results);
  CHECK(code(results, "baseline") == code(results, "tuned"));
}
