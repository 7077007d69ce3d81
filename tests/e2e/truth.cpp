// What is compared is what it seems to be: sources, libraries, C code and build scripts of real builds.

#include "lab.h"

using namespace e2e;

namespace {

/// Of a package, with these keys for its workload.
std::string project(const std::string& workload = "") {
  return project_of("manifest = \"Cargo.toml\"", "name = \"w\"\n" + workload) + with_pgo;
}

const std::string mix_c = "int mix(int n) { int s = 0; for (int i = 0; i < n; ++i) s += i % 7; return s; }\n";

const std::string calls_mix = R"(unsafe extern "C" { fn mix(n: i32) -> i32; }
#[inline(never)]
fn work(n: i32) -> i32 { (0..n).map(|i| unsafe { mix(i) }).fold(0, |a, b| a ^ b) }
fn main() { println!("{}", work(100)); }
)";

}  // namespace

TEST_CASE("a shared library that a build script makes is found in every pass") {
  Lab lab;
  lab.package("mix").file("pgo.toml", project());
  lab.file("mix.c", mix_c).file("src/main.rs", calls_mix);
  lab.file("build.rs", R"(fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let done = std::process::Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "mix.c", "-o", &format!("{out}/libmix.so")])
        .status().unwrap();
    assert!(done.success());
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=dylib=mix");
    println!("cargo:rerun-if-changed=mix.c");
}
)");
  const auto results = lab.results();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(fs::exists(lab.variant("pgo") / "bin/libraries/libmix.so"));
}

TEST_CASE("a library that nobody finds is what the loader says, and not a matter of exit codes") {
  Lab lab;
  lab.package("mix").file("pgo.toml", project()).file("src/main.rs", calls_mix);
  lab.file("build.rs", R"(fn main() {
    let out = std::path::PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("elsewhere");
    std::fs::create_dir_all(&out).unwrap();
    std::fs::write(out.join("mix.c"), "int mix(int n) { return n; }").unwrap();
    let done = std::process::Command::new("cc")
        .args(["-shared", "-fPIC", "mix.c", "-o", "libmix.so"]).current_dir(&out).status().unwrap();
    assert!(done.success());
    println!("cargo:rustc-link-search=native={}", out.display());
    println!("cargo:rustc-link-lib=dylib=mix");
}
)");
  const auto results = lab.built(1);
  const auto why = state(results, "baseline");
  CHECK(contains(why, "the loader could not start it: error while loading shared libraries: libmix.so"));
  CHECK(!contains(why, "exit-code"));
}

TEST_CASE("a cargo that a build script runs does not wait for ours") {
  Lab lab;
  lab.package("outer").file("pgo.toml", with_build_keys(project(), "timeout = \"100s\"\n"));
  lab.file("src/main.rs", chains).file("helper/Cargo.toml", package("helper", "[workspace]\n"));
  lab.file("helper/src/main.rs", "fn main() {}\n");
  lab.file("build.rs", R"(fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let done = std::process::Command::new(std::env::var("CARGO").unwrap())
        .args(["build", "--release", "--offline", "--manifest-path", "helper/Cargo.toml", "--target-dir", &format!("{out}/x")])
        .status().unwrap();
    assert!(done.success());
    println!("cargo:rerun-if-changed=helper/src");
}
)");
  check_all_ok(lab.built());
}

TEST_CASE("sources that a build script writes anew each time are no edit, an edit is") {
  Lab lab;
  lab.package("made").file("pgo.toml", project());
  lab.file("build.rs", R"(fn main() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    std::fs::write("src/made.rs", format!("// {}\npub const N: u64 = 9;\n", now.as_nanos())).unwrap();
    println!("cargo:rerun-if-changed=build.rs");
}
)");
  lab.file("src/made.rs", "pub const N: u64 = 9;\n");
  lab.file("src/main.rs",
           "mod made;\n#[inline(never)]\nfn work(n: u64) -> u64 { (0..n).sum() }\nfn main() { "
           "println!(\"{}\", work(made::N)); }\n");
  check_all_ok(lab.built());
  lab.script("edit", "echo '// edited' >> src/main.rs");
  lab.file("pgo.toml", project("prepare = [[\"./edit\"]]\n"));
  const auto results = lab.built(1);
  CHECK(state(results, "baseline") == "ok");
  CHECK(contains(state(results, "pgo"), "/src/main.rs is not what 'baseline' was built of"));
}
