// The user's tree stays what it was, byte for byte, and a second run finds everything fresh.

#include "lab.h"

using namespace e2e;

namespace {

/// A package with a build script that says nothing of what it depends on, so that cargo watches the whole
/// package, and a procedural macro beside it.
void add_package(Lab& lab) {
  lab.file("Cargo.toml", R"([package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
answer = { path = "answer" }
)");
  lab.file("build.rs", R"(
fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    std::fs::write(out + "/number.rs", "const NUMBER: u64 = 2;").unwrap();
}
)");
  lab.file("src/main.rs", R"(
include!(concat!(env!("OUT_DIR"), "/number.rs"));

#[inline(never)]
fn double(value: u64) -> u64 {
    value * NUMBER
}

fn main() {
    println!("{}", double(answer::answer!()));
}
)");
  lab.file("answer/Cargo.toml", R"([package]
name = "answer"
version = "0.1.0"
edition = "2021"
[lib]
proc-macro = true
)");
  lab.file("answer/src/lib.rs", R"(
#[proc_macro]
pub fn answer(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    "42".parse().unwrap()
}
)");
  lab.file("pgo.toml", R"([project]
manifest = "Cargo.toml"
[[workload]]
name = "answer"
expect = { stdout = "84\n" }
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
strip = true
pgo = true
)");
}

void lock(const Lab& lab) {
  REQUIRE(lab.run({"cargo", "generate-lockfile", "--offline"}).status == 0);
}

std::string notes(const Json& results) {
  return results.at("notes").dump();
}

}  // namespace

TEST_CASE("a package with a build script and a proc macro stays as it was") {
  Lab lab;
  add_package(lab);
  lab.file("pgo.toml", read(lab.root() / "pgo.toml") + "lto = \"fat\"\n");
  lock(lab);
  const std::string before = lab.digest();
  const Json first = lab.built();
  check_all_ok(first);
  check_proved(first, "pgo");
  CHECK(lab.digest() == before);
  CHECK_FALSE(contains(notes(first), "shadow"));

  check_all_ok(lab.built());
  check_fresh(lab, "baseline");
  check_fresh(lab, "pgo");
  CHECK(lab.digest() == before);
}

TEST_CASE("git finds nothing to report and cargo nothing to rebuild inside a repository") {
  Lab lab;
  add_package(lab);
  lock(lab);
  lab.commit();
  check_all_ok(lab.built());
  CHECK(lab.git({"status", "--porcelain", "--untracked-files=all"}).out == "");
  check_all_ok(lab.built());
  check_fresh(lab, "baseline");
  check_fresh(lab, "pgo");
  CHECK(lab.git({"status", "--porcelain", "--untracked-files=all"}).out == "");
  // What is not committed does not matter to `cargo package` either.
  const auto packaged = lab.run({"cargo", "package", "--list", "--allow-dirty", "--offline"});
  CHECK(packaged.status == 0);
  CHECK_FALSE(contains(packaged.out, ".pgo-orch"));
}

TEST_CASE("without Cargo.lock a shadow is built and no lock file appears") {
  Lab lab;
  add_package(lab);
  const std::string before = lab.digest();
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(contains(notes(results), "shadow"));
  CHECK(lab.digest() == before);

  check_all_ok(lab.built());
  check_fresh(lab, "baseline");
  check_fresh(lab, "pgo");
  CHECK(lab.digest() == before);
}

TEST_CASE("a shadow sees changes files that are gone and new ones") {
  Lab lab;
  add_package(lab);
  check_all_ok(lab.built());
  lab.file("src/two.rs", "pub const TWO: u64 = 2;\n");
  lab.file("src/main.rs", "mod two;\nfn main() {\n    println!(\"{}\", two::TWO * answer::answer!());\n}\n");
  fs::remove(lab.root() / "build.rs");
  const std::string before = lab.digest();
  check_all_ok(lab.built());
  CHECK(lab.digest() == before);
}

TEST_CASE("a shadow holds path dependencies from outside of the workspace") {
  Lab lab;
  lab.file("deep/app/Cargo.toml", R"([workspace]
members = ["tool", "inner"]
resolver = "2"
)");
  lab.file("deep/app/tool/Cargo.toml", R"([package]
name = "tool"
version = "0.1.0"
edition = "2021"
[dependencies]
inner = { path = "../inner" }
outer = { path = "../../../outer" }
)");
  lab.file("deep/app/tool/src/main.rs",
           "fn main() {\n    println!(\"{}\", inner::one() + outer::two());\n}\n");
  lab.file("deep/app/inner/Cargo.toml", package("inner"));
  lab.file("deep/app/inner/src/lib.rs", "#[inline(never)]\npub fn one() -> u32 {\n    1\n}\n");
  lab.file("outer/Cargo.toml", R"([package]
name = "outer"
version = "0.1.0"
edition = "2021"
[dependencies]
beyond = { path = "../beyond" }
)");
  lab.file("outer/src/lib.rs", "pub fn two() -> u32 {\n    beyond::half() * 2\n}\n");
  lab.file("beyond/Cargo.toml", package("beyond"));
  lab.file("beyond/src/lib.rs", "#[inline(never)]\npub fn half() -> u32 {\n    1\n}\n");
  lab.file("pgo.toml", project_of("manifest = \"deep/app/Cargo.toml\"\npackage = \"tool\"",
                                  "name = \"three\"\nexpect = { stdout = \"3\\n\" }") +
                           with_pgo);
  const std::string before = lab.digest();
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(contains(notes(results), "shadow"));
  CHECK(lab.digest() == before);
  check_all_ok(lab.built());
  check_fresh(lab, "baseline");
  check_fresh(lab, "pgo");
  CHECK(lab.digest() == before);
}

TEST_CASE("an old lock file is kept as it is and its versions are used") {
  Lab lab;
  add_package(lab);
  lock(lab);
  // A new dependency that the lock file does not know.
  lab.file("extra/Cargo.toml", package("extra"));
  lab.file("extra/src/lib.rs", "pub fn nothing() {}\n");
  lab.file("Cargo.toml", read(lab.root() / "Cargo.toml") + "extra = { path = \"extra\" }\n");
  const std::string before = lab.digest();
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(contains(notes(results), "shadow"));
  CHECK(lab.digest() == before);
}

TEST_CASE("a lock file that cargo would format otherwise stays as it is") {
  Lab lab;
  lab.package("chains").file("src/main.rs", chains);
  lab.file("Cargo.lock",
           "# merged by hand\nversion = 3\n\n[[package]]\nversion = \"0.1.0\"\nname = \"chains\"\n");
  lab.file("pgo.toml", "[project]\nmanifest = \"Cargo.toml\"\n[[variant]]\nname = \"baseline\"\n");
  const std::string before = lab.digest();
  check_all_ok(lab.built());
  CHECK(lab.digest() == before);
}

TEST_CASE("a state folder elsewhere leaves nothing in the project") {
  Lab lab;
  add_package(lab);
  lock(lab);
  const fs::path state = lab.root().parent_path() / "state";
  const Json results = lab.results(0, {"--no-measure", "--state-dir", state});
  check_all_ok(results);
  CHECK_FALSE(fs::exists(lab.state()));
  CHECK(fs::exists(state / "variants/pgo/bin/app"));
  CHECK(read(state / ".gitignore") == "*\n");
}
