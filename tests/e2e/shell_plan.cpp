// The plan as a shell script does what a run does.

#include "lab.h"
#include "toolchains/elf.h"

using namespace e2e;

TEST_CASE("the shell script of a plan builds the same code as a run") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "tuned"
lto = "off"
codegen-units = 1
strip = true
linker = "lld"
linker-driver = "clang"
[[variant]]
name = "pgo"
inherits = "tuned"
panic = "abort"
pgo = true
)");
  const Json results = lab.built();
  check_all_ok(results);
  const ByScript script(lab, lab.root().parent_path() / "script state");
  for (const std::string variant : {"baseline", "tuned", "pgo"}) {
    CAPTURE(variant);
    CHECK(script.code(variant, "chains") == code(results, variant));
  }
}

TEST_CASE("the shell script makes the same files as a run, byte for byte") {
  Lab lab;
  lab.set("RUSTFLAGS", "-Clink-arg=-Wl,--strip-debug");
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "stripped"
strip = true
)" + with_pgo + "lto = \"fat\"\n");
  check_all_ok(lab.built());
  std::map<std::string, std::string> before;
  for (const std::string variant : {"baseline", "stripped", "pgo"})
    before[variant] = read(lab.variant(variant) / "bin/chains");
  fs::remove_all(lab.state());
  run_plan_script(lab, lab.root());
  for (const auto& [variant, bytes] : before) {
    CAPTURE(variant);
    CHECK((read(lab.variant(variant) / "bin/chains") == bytes));
  }
}

TEST_CASE("the shell script names no place of this machine, and works in a copy of the project elsewhere") {
  Lab lab;
  lab.package("chains").file("data/in.txt", "3000");
  lab.file("src/main.rs", chains)
      .file("pgo.toml", project_of("manifest = \"Cargo.toml\"", R"(name = "chains"
command = ["sh", "-c", "read below <\"$1\"; exec \"$0\" \"$below\"", "{exe}", "{root}/data/in.txt"])") +
                            with_pgo);
  const auto plan = lab.orch({"plan", "--format", "sh"});
  REQUIRE(plan.status == 0);
  for (const auto& place : {lab.root().string(), std::string("/root/"), std::string("/home/"),
                            std::string("toolchains/"), std::string("llvm-profdata-")})
    CHECK_FALSE(contains(plan.out, place));
  lab.file("build.sh", plan.out);
  const fs::path copy = lab.root().parent_path() / "another place";
  fs::copy(lab.root(), copy, fs::copy_options::recursive);
  fs::remove_all(lab.root() / "src");
  const auto ended = lab.run_in("/", {"sh", copy / "build.sh"});
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  for (const std::string variant : {"baseline", "pgo"}) {
    const fs::path program = copy / ".pgo-orch/variants" / variant / "bin/chains";
    CHECK(lab.run_in("/", {program, "10"}).out == "70\n");
  }
  CHECK(!fs::exists(lab.state()));
  const auto wrong = lab.run_in("/", {"sh", "-c", "sh <\"$0\"", copy / "build.sh"});
  CHECK(wrong.status == 2);
  CHECK(contains(wrong.err, "there is no pgo.toml in"));
  const auto told =
      lab.run_in("/", {"env", "PGO_ROOT=" + copy.string(), "sh", "-c", "sh <\"$0\"", copy / "build.sh"});
  CHECK(told.status == 0);
  const auto without = lab.run_in(copy, {"env", "LLVM_PROFDATA=/bin/false", "sh", "build.sh"});
  CHECK(without.status != 0);
}

TEST_CASE("the shell script knows setup, weights, stdin, patches and shadows") {
  Lab lab;
  lab.file("app/Cargo.toml", R"([package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
helper = { path = "../helper" }
)");
  lab.file("app/src/main.rs", R"(
fn main() {
    let lines = std::io::stdin().lines().map(Result::unwrap);
    println!("{}", lines.map(|line| helper::weigh(&line)).sum::<u64>());
}
)");
  lab.file("helper/Cargo.toml", package("helper"));
  lab.file("helper/src/lib.rs", R"(
#[inline(never)]
pub fn weigh(line: &str) -> u64 {
    line.bytes().map(u64::from).fold(7, |sum, byte| sum.wrapping_mul(31) ^ byte)
}
)");
  lab.file("app/inline.patch", R"(--- a/src/main.rs
+++ b/src/main.rs
@@ -1,5 +1,6 @@
 
 fn main() {
+    assert!(std::env::args().count() < 9);
     let lines = std::io::stdin().lines().map(Result::unwrap);
     println!("{}", lines.map(|line| helper::weigh(&line)).sum::<u64>());
 }
)");
  lab.file("app/pgo.toml", R"([project]
manifest = "Cargo.toml"
[[workload]]
name = "made"
command = ["sh", "-c", "\"$0\" <\"$1\"", "{exe}", "{tmp}/made"]
setup = [["sh", "-c", "seq 1 1000 >\"$0\"", "{tmp}/made"]]
[[workload]]
name = "text"
stdin-text = "it's\n\"text\"\n"
weight = 3
role = "train"
runs = 2
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
[[variant]]
name = "patched"
patch = "inline.patch"
)");
  const fs::path file = lab.root() / "app/pgo.toml";
  const auto ended = lab.orch({"run", file, "--no-measure", "--json", lab.root() / "out.json"});
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  const Json results = Json::parse(read(lab.root() / "out.json"));
  check_proved(results, "pgo");
  // In the same place: cargo's metadata has the path of a package outside the workspace, and a
  // shadow moves it.
  const fs::path state = lab.root() / "app/.pgo-orch";
  fs::remove_all(state);
  run_plan_script(lab, lab.root() / "app", {file});
  for (const std::string variant : {"baseline", "pgo", "patched"}) {
    CAPTURE(variant);
    CHECK(pgo_orch::toolchains::code_sha256(state / "variants" / variant / "bin/app") ==
          code(results, variant));
  }
  CHECK_FALSE(fs::exists(lab.root() / "app/Cargo.lock"));
}

TEST_CASE("the shell script trains in the world of a run: standard output, libraries, exit code") {
  Lab lab;
  lab.package("mix").file("mix.c", "int mix(int n) { return n % 7; }\n");
  lab.file("build.rs", R"(fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let done = std::process::Command::new("cc")
        .args(["-shared", "-fPIC", "mix.c", "-o", &format!("{out}/libmix.so")]).status().unwrap();
    assert!(done.success());
    println!("cargo:rustc-link-search=native={out}\ncargo:rustc-link-lib=dylib=mix\ncargo:rerun-if-changed=mix.c");
}
)");
  // To /dev/null it does nothing.
  lab.file("src/main.rs", R"(unsafe extern "C" { fn mix(n: i32) -> i32; }
#[inline(never)]
fn work(n: i32) -> i32 { (0..n).map(|i| unsafe { mix(i) }).fold(0, |a, b| a ^ b) }
fn main() {
    let out = std::fs::read_link("/proc/self/fd/1").unwrap();
    if out != std::path::Path::new("/dev/null") { println!("{}", work(100)); }
    std::process::exit(3);
}
)");
  lab.file("pgo.toml", R"([project]
manifest = "Cargo.toml"
[build]
phases = false
[[workload]]
name = "w"
expect = { exit-code = 3 }
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
)");
  const Json results = lab.built();
  check_all_ok(results);
  const ByScript script(lab, lab.root().parent_path() / "script state");
  CHECK(script.code("pgo", "mix") == pgo_orch::toolchains::code_sha256(executable(results, "pgo")));
}
