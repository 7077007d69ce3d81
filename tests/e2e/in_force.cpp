// What a manifest or configuration file says against a variant's settings: the variant wins, or the report
// says that it does not.

#include "lab.h"
#include "toolchains/elf.h"

using namespace e2e;

TEST_CASE("what a configuration file forces into the environment gives way to a variant's own") {
  Lab lab;
  lab.package("told");
  lab.file(
      ".cargo/config.toml",
      "[env]\nLEVEL = { value = \"theirs\", force = true }\nOTHER = { value = \"kept\", force = true }\n");
  lab.file("build.rs", R"(fn main() {
    println!("cargo:rustc-env=SEEN={} {}", std::env::var("LEVEL").unwrap(), std::env::var("OTHER").unwrap());
}
)");
  lab.file("src/main.rs", "fn main() { println!(\"{}\", env!(\"SEEN\")); }\n");
  lab.file("pgo.toml", project_of("manifest = \"Cargo.toml\"", R"(name = "say"
expect = { stdout-matches = "kept" })") +
                           R"([[variant]]
name = "own"
env = { LEVEL = "ours" }
)");
  const auto results = lab.built();
  check_all_ok(results);
  CHECK(lab.run({executable(results, "baseline").string()}).out == "theirs kept\n");
  CHECK(lab.run({executable(results, "own").string()}).out == "ours kept\n");
}

TEST_CASE("clang's C stays out of the profile whatever CFLAGS a configuration file forces") {
  Lab lab;
  lab.package("flags");
  // By its name it could be any compiler.
  lab.script("mycc", "echo 'clang version 9.0'");
  lab.file(".cargo/config.toml", "[env]\nCC = \"" + (lab.root() / "mycc").string() +
                                     "\"\nCFLAGS = { value = \"-DFIRST\", force = true }\n"
                                     "CXXFLAGS = \"-DSECOND\"\n");
  lab.file("build.rs", R"(fn main() {
    let all = ["CC", "CFLAGS", "CXXFLAGS"].map(|name| std::env::var(name).unwrap());
    println!("cargo:warning={}", all.join(" | "));
}
)");
  lab.file("src/main.rs",
           "#[inline(never)]\nfn work(n: usize) -> usize { (0..n).sum() }\n"
           "fn main() { println!(\"{}\", work(std::env::args().count())); }\n");
  lab.file("pgo.toml", package_project + R"([[variant]]
name = "pgo"
pgo = true
)");
  check_all_ok(lab.built());
  for (const char* log : {"baseline/plain.log", "pgo/instrumented.log", "pgo/optimized.log"}) {
    CAPTURE(log);
    CHECK(contains(read(lab.variant(log)),
                   "mycc | -DFIRST -fno-profile-generate -fno-profile-use | "
                   "-DSECOND -fno-profile-generate -fno-profile-use"));
  }
}

TEST_CASE("a setting of the manifest for one package that wins over a variant's is told") {
  Lab lab;
  lab.package("app");
  lab.file("Cargo.toml",
           "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"
           "[dependencies]\nhelper = { path = \"helper\" }\n"
           "[profile.release.package.helper]\nopt-level = 1\ncodegen-units = 2\n");
  lab.file("helper/Cargo.toml", "[package]\nname = \"helper\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
  lab.file("helper/src/lib.rs", "#[inline(never)]\npub fn one() -> u32 { 1 }\n");
  lab.file("src/main.rs", "fn main() { println!(\"{}\", helper::one()); }\n");
  lab.file("pgo.toml", package_project + R"([[variant]]
name = "two"
opt-level = 2
[[variant]]
name = "all-two"
inherits = "two"
packages = { helper = { opt-level = 2 } }
)");
  const std::string told =
      "opt-level = 1 holds for the package helper, whatever a variant sets for all: Cargo.toml "
      "(profile.release.package.helper)";
  const auto results = lab.built();
  check_all_ok(results);
  CHECK(count(results.at("notes").dump(), told) == 1);
  CHECK_FALSE(contains(results.at("notes").dump(), "codegen-units"));
  const auto opt_level = [&](const std::string& variant) {
    const auto log = read(lab.variant(variant) / "plain.log");
    const auto call = log.substr(log.find("--crate-name helper "));
    return call.substr(call.find("opt-level="), 11);
  };
  CHECK(opt_level("two") == "opt-level=1");
  CHECK(opt_level("all-two") == "opt-level=2");
}

TEST_CASE("a linker and debug info in the user's flags do not replace a variant's without a word") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "driven"
linker-driver = "gcc"
[[variant]]
name = "bare"
debug = "none"
)");
  lab.script("theirs", "exec cc \"$@\" -Wl,--defsym=theirs=0");
  lab.set("RUSTFLAGS", "-Clinker=" + (lab.root() / "theirs").string() + " -Cdebuginfo=2");
  const Json results = lab.built();
  check_all_ok(results);
  const auto has_theirs = [&](const std::string& variant) {
    return contains(lab.run({"nm", (lab.variant(variant) / "linked/chains").string()}).out, "theirs");
  };
  CHECK(has_theirs("baseline"));
  CHECK_FALSE(has_theirs("driven"));
  CHECK(count(read(lab.variant("bare") / "plain.log"), "debuginfo=2") == 0);
  const auto notes = results.at("notes").dump();
  CHECK(contains(notes, "-Cdebuginfo=2 (RUSTFLAGS) is left out where a variant says otherwise"));
  CHECK(contains(notes, "theirs (RUSTFLAGS) is left out"));
}

TEST_CASE("a static CRT and a file of flags in the user's flags do not replace a variant's own") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "dynamic"
crt-static = false
[[variant]]
name = "fast"
opt-level = 3
)");
  lab.file("flags", "-Ctarget-feature=+crt-static\n-Copt-level=0\n");
  lab.set("RUSTFLAGS", "@" + (lab.root() / "flags").string());
  const Json results = lab.built();
  check_all_ok(results);
  const auto is_static = [&](const std::string& variant) {
    return pgo_orch::toolchains::elf_info(executable(results, variant)).interpreter.empty();
  };
  CHECK(is_static("baseline"));
  CHECK_FALSE(is_static("dynamic"));
  CHECK(count(read(lab.variant("fast") / "plain.log"), "opt-level=0") == 0);
}

TEST_CASE("a linker that a build script asks for does not pass for the variant's") {
  Lab lab;
  lab.package("asks").file("src/main.rs", "fn main() { println!(\"1\"); }\n");
  lab.file("build.rs", "fn main() { println!(\"cargo:rustc-link-arg=-fuse-ld=bfd\"); }\n");
  lab.file("pgo.toml", package_project + R"([[variant]]
name = "lld"
linker = "lld"
)");
  const Json results = lab.built(1);
  CHECK(contains(state(results, "lld"), "a later -Clink-arg=-fuse-ld=bfd overrides -Clink-arg="));
}
