// C that build scripts compile: in the profile if a clang of rustc's LLVM compiles it, and kept out
// otherwise.

#include <regex>

#include "lab.h"

using namespace e2e;

namespace {

/// What the cc crate does, with clang's names for rustc's flags.
const std::string like_the_cc_crate = R"(fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    let mut clang = std::process::Command::new(std::env::var("CC").unwrap());
    clang.args(["-O2", "-fPIC", "-ffunction-sections", "-c", "mix.c", "-o", &format!("{out}/mix.o")]);
    for flag in std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap().split('\x1f') {
        if let Some(folder) = flag.strip_prefix("-Cprofile-generate=") { clang.arg(format!("-fprofile-generate={folder}")); }
        if let Some(file) = flag.strip_prefix("-Cprofile-use=") { clang.arg(format!("-fprofile-use={file}")); }
    }
    for flag in std::env::var("CFLAGS").unwrap_or_default().split_whitespace() { clang.arg(flag); }
    assert!(clang.status().unwrap().success());
    let done = std::process::Command::new("ar").args(["crs", &format!("{out}/libmix.a"), &format!("{out}/mix.o")]).status().unwrap();
    assert!(done.success());
    println!("cargo:rustc-link-search=native={out}\ncargo:rustc-link-lib=static=mix\ncargo:rerun-if-changed=mix.c");
}
)";

/// A package whose C counts by SEVEN, built with and without C in the profile.
struct Mixed {
  Lab lab;
  std::string major, clang;

  Mixed() {
    const std::string said = lab.run({"rustc", "-vV"}).out;
    std::smatch found;
    if (std::regex_search(said, found, std::regex("LLVM version: ([0-9]+)"))) major = found[1];
    if (lab.run({"clang-" + major, "--version"}).status == 0) clang = "clang-" + major;
    lab.package("mixed").file("build.rs", like_the_cc_crate);
    lab.file("mix.c",
             "int mix(int n) { int s = 0; for (int i = 0; i < n; ++i) s += i % SEVEN; return s; }\n");
    lab.file("src/main.rs", R"(unsafe extern "C" { fn mix(n: i32) -> i32; }
#[inline(never)]
fn work(n: i32) -> i32 { (0..n).map(|i| unsafe { mix(i) }).fold(0, |a, b| a ^ b) }
fn main() { println!("{}", work(100)); }
)");
    lab.file("pgo.toml", package_project +
                             "[[variant]]\nname = \"pgo\"\npgo = true\n"
                             "[[variant]]\nname = \"off\"\npgo = { c-profile = \"off\" }\n");
  }
  bool has_no_clang() const {
    if (clang.empty()) MESSAGE("skipped: there is no clang of rustc's LLVM");
    return clang.empty();
  }
  bool has_c_in_profile(const std::string& variant) const {
    const auto shown = lab.run({"llvm-profdata-" + major, "show", "--all-functions",
                                (lab.variant(variant) / "profiles/merged.profdata").string()});
    CHECK(contains(shown.out, "work"));
    return contains(shown.out, "  mix:");
  }
  Json build() const {
    const auto results = lab.built();
    check_all_ok(results);
    check_proved(results, "pgo");
    check_proved(results, "off");
    return results;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Mixed, "a clang of rustc's LLVM takes part in the profile, unless c-profile is off") {
  if (has_no_clang()) return;
  lab.set("CC", clang).set("CFLAGS", "-DSEVEN=7");
  const auto notes = build().at("notes").dump();
  CHECK(has_c_in_profile("pgo"));
  CHECK(!has_c_in_profile("off"));
  CHECK(contains(notes, "C and C++ that build scripts compile by " + clang +
                            ", whose LLVM is that of rustc, take part in the profile"));
  CHECK(contains(notes, "are kept out of the profile: c-profile = \\\"off\\\" says so"));
  const auto released = lab.orch({"release", "pgo"});
  CHECK_MESSAGE(released.status == 0, released.err);
}

TEST_CASE_FIXTURE(Mixed, "a clang of another LLVM is kept out of the profile, and the report says why") {
  if (has_no_clang()) return;
  lab.script("older",
             "[ \"$1\" != --version ] || { echo 'clang version 12.0.1'; exit; }\nexec " + clang + " \"$@\"");
  lab.set("CC", (lab.root() / "older").string()).set("CFLAGS", "-DSEVEN=7");
  const auto notes = build().at("notes").dump();
  CHECK(!has_c_in_profile("pgo"));
  CHECK(!has_c_in_profile("off"));
  CHECK(contains(notes, "has LLVM 12, and rustc has LLVM " + major));
}

TEST_CASE_FIXTURE(Mixed, "the cc crate's own choice of compiler and flags is understood") {
  if (has_no_clang()) return;
  lab.file("Cargo.toml", package("mixed", "[build-dependencies]\ncc = \"=1.2.41\"\n"));
  lab.file("build.rs", "fn main() { cc::Build::new().file(\"mix.c\").compile(\"mix\"); }\n");
  if (lab.run({"cargo", "fetch"}).status != 0) {
    MESSAGE("skipped: the cc crate cannot be fetched");
    return;
  }
  lab.set("CC_x86_64_unknown_linux_gnu", clang).set("CFLAGS_x86_64-unknown-linux-gnu", "-DSEVEN=7");
  build();
  CHECK(has_c_in_profile("pgo"));
  CHECK(!has_c_in_profile("off"));
}
