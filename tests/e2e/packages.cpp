// Cargo projects of many shapes.

#include "lab.h"

using namespace e2e;

namespace {

std::string package(const std::string& name, const std::string& more = "") {
  return "[package]\nname = \"" + name + "\"\nversion = \"0.1.0\"\nedition = \"2021\"\n" + more;
}

std::string project(const std::string& keys, const std::string& variants = "[[variant]]\nname = \"baseline\"\n") {
  return "[project]\n" + keys + variants;
}

std::string output(const Lab& lab, const Json& results, const std::string& variant, const std::string& program = "") {
  return lab.run({executable(results, variant, program)}).out;
}

}  // namespace

TEST_CASE("a package with C code built by the crate cc") {
  Lab lab;
  lab.file("Cargo.toml", package("app", "[build-dependencies]\ncc = \"=1.0.79\"\n"));
  lab.file("Cargo.lock", R"(version = 3

[[package]]
name = "app"
version = "0.1.0"
dependencies = [
 "cc",
]

[[package]]
name = "cc"
version = "1.0.79"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "50d30906286121d95be3d479533b458f87493b30a4b5f79a607db8f5d11aa91f"
)");
  lab.file("build.rs", "fn main() {\n    cc::Build::new().file(\"src/square.c\").compile(\"square\");\n}\n");
  lab.file("src/square.c", "unsigned square(unsigned n) { return n * n; }\n");
  lab.file("src/main.rs", R"(
extern "C" {
    fn square(n: u32) -> u32;
}

#[inline(never)]
fn sum(below: u32) -> u32 {
    (0..below).map(|n| unsafe { square(n) }).sum()
}

fn main() {
    println!("{}", sum(100));
}
)");
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\n", R"([[workload]]
name = "sum"
expect = { stdout = "328350\n" }
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
lto = "fat"
pgo = true
)"));
  const std::string before = lab.digest();
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(lab.digest() == before);
}

TEST_CASE("cargo-args reach cargo build") {
  Lab lab;
  lab.file("Cargo.toml", package("app", "rust-version = \"99.0\"\n"));
  lab.file("src/main.rs", chains);
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\n"));
  const Json refused = lab.built(1);
  CHECK(contains(row(refused, "baseline").at("failure").at("tail").dump(), "99.0"));
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\ncargo-args = [\"--ignore-rust-version\"]\n"));
  check_all_ok(lab.built());
}

TEST_CASE("features of the project and of a variant are added up") {
  Lab lab;
  lab.file("Cargo.toml", package("app", "[features]\ndefault = [\"usual\"]\nusual = []\none = []\ntwo = []\n"));
  lab.file("src/main.rs", R"(
fn main() {
    for (name, set) in [
        ("usual", cfg!(feature = "usual")),
        ("one", cfg!(feature = "one")),
        ("two", cfg!(feature = "two")),
    ] {
        if set {
            println!("{name}");
        }
    }
}
)");
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\nfeatures = [\"one\"]\n", R"([variant-defaults]
opt-level = 0
[[variant]]
name = "baseline"
[[variant]]
name = "two"
features = ["two"]
[[variant]]
name = "bare"
inherits = "two"
default-features = false
)"));
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(output(lab, results, "baseline") == "usual\none\n");
  CHECK(output(lab, results, "two") == "usual\none\ntwo\n");
  CHECK(output(lab, results, "bare") == "one\ntwo\n");
}

TEST_CASE("default features of the project can be off") {
  Lab lab;
  lab.file("Cargo.toml", package("app", "[features]\ndefault = [\"usual\"]\nusual = []\n"));
  lab.file("src/main.rs", "fn main() {\n    println!(\"{}\", cfg!(feature = \"usual\"));\n}\n");
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\ndefault-features = false\n", R"([[variant]]
name = "baseline"
[[variant]]
name = "usual"
default-features = true
)"));
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(output(lab, results, "baseline") == "false\n");
  CHECK(output(lab, results, "usual") == "true\n");
}

TEST_CASE("examples are programs too") {
  Lab lab;
  lab.file("Cargo.toml", package("app")).file("src/lib.rs", "#[inline(never)]\npub fn one() -> u32 {\n    1\n}\n");
  lab.file("examples/first.rs", "fn main() {\n    println!(\"{}\", app::one());\n}\n");
  lab.file("examples/second.rs", "fn main() {\n    println!(\"{}\", app::one() + 1);\n}\n");
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\nexamples = [\"first\", \"second\"]\n", R"([[workload]]
name = "one"
program = "first"
expect = { stdout = "1\n" }
[[workload]]
name = "two"
program = "second"
expect = { stdout = "2\n" }
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
)"));
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(output(lab, results, "pgo", "first") == "1\n");
  CHECK(output(lab, results, "pgo", "second") == "2\n");
}

TEST_CASE("several bins of a package are built when they are named") {
  Lab lab;
  lab.file("Cargo.toml", package("app"));
  for (const std::string name : {"a", "b", "broken"})
    lab.file("src/bin/" + name + ".rs", name == "broken" ? "nonsense" : "fn main() {\n    println!(\"" + name + "\");\n}\n");
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\n"));
  const auto ambiguous = lab.orch({"run", "--no-measure"});
  CHECK(ambiguous.status == 2);
  CHECK(contains(ambiguous.err, "there are 3 programs, a, b, broken: name those to build, as in bin = \"a\""));
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\nbin = [\"a\", \"b\"]\n"));
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(output(lab, results, "baseline", "a") == "a\n");
  CHECK(output(lab, results, "baseline", "b") == "b\n");
}

TEST_CASE("one package of a virtual workspace") {
  Lab lab;
  lab.file("Cargo.toml", "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"2\"\n[profile.release]\nopt-level = 1\n");
  lab.file("one/Cargo.toml", package("one")).file("one/src/main.rs", "fn main() {\n    println!(\"one\");\n}\n");
  lab.file("two/Cargo.toml", package("two")).file("two/src/main.rs", "fn main() {\n    println!(\"two\");\n}\n");
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\npackage = \"two\"\n"));
  const std::string before = lab.digest();
  const Json by_name = lab.built();
  check_all_ok(by_name);
  CHECK(output(lab, by_name, "baseline") == "two\n");
  CHECK(contains(read(lab.variant("baseline") / "build.log"), "opt-level=1"));
  // The same package by its own manifest; the workspace's profile holds there as well.
  lab.file("pgo.toml", project("manifest = \"two/Cargo.toml\"\n"));
  const Json by_manifest = lab.built();
  check_all_ok(by_manifest);
  CHECK(output(lab, by_manifest, "baseline") == "two\n");
  CHECK(contains(read(lab.variant("baseline") / "build.log"), "opt-level=1"));
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\npackage = \"two\"\n"));
  CHECK(lab.digest() == before);
}

TEST_CASE("the only program of a virtual workspace needs no name") {
  Lab lab;
  lab.file("Cargo.toml", "[workspace]\nmembers = [\"tool\", \"parts\"]\nresolver = \"2\"\n");
  lab.file("tool/Cargo.toml", package("tool", "[dependencies]\nparts = { path = \"../parts\" }\n"));
  lab.file("tool/src/main.rs", "fn main() {\n    println!(\"{}\", parts::part());\n}\n");
  lab.file("parts/Cargo.toml", package("parts")).file("parts/src/lib.rs", "pub fn part() -> u32 {\n    5\n}\n");
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\n"));
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(output(lab, results, "baseline") == "5\n");
  CHECK(results.at("project").at("programs") == Json{"tool"});
}

TEST_CASE("a custom profile of the user and its inheritance") {
  Lab lab;
  lab.file("Cargo.toml", package("app", "[profile.dist]\ninherits = \"release\"\nopt-level = 2\ncodegen-units = 3\n"));
  lab.file("src/main.rs", chains);
  lab.file("pgo.toml", project("manifest = \"Cargo.toml\"\n", R"([[workload]]
name = "chains"
args = ["100"]
[[variant]]
name = "baseline"
[[variant]]
name = "dist"
profile = "dist"
[[variant]]
name = "pgo"
inherits = "dist"
opt-level = 3
pgo = true
)"));
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(contains(read(lab.variant("dist") / "build.log"), "-C opt-level=2 "));
  CHECK(contains(read(lab.variant("pgo") / "build-optimized.log"), "codegen-units=3 "));
}

TEST_CASE("a source project with dependencies of its own") {
  Lab lab;
  lab.file("helper/Cargo.toml", package("helper"));
  lab.file("helper/src/lib.rs", "#[inline(never)]\npub fn one(n: u32) -> u32 {\n    n + 1\n}\n");
  lab.file("app.rs", "fn main() {\n    println!(\"{}\", helper::one(41));\n}\n");
  lab.file("pgo.toml", project("source = \"app.rs\"\ndependencies = { helper = { path = \"helper\" } }\n", R"([[workload]]
name = "one"
expect = { stdout = "42\n" }
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
)"));
  const std::string before = lab.digest();
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(lab.digest() == before);
}
