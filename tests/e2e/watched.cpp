// Sources that change while variants are built, however the build hides it.

#include "lab.h"

using namespace e2e;

namespace {

const std::string two_variants = package_project + R"([[variant]]
name = "other"
opt-level = 1
)";

/// A package `app` with a build script, and a macro that edits a file of it during its first expansion.
void lay_out_editing_macro(Lab& lab) {
  lab.file("pgo.toml", two_variants);
  lab.file("Cargo.toml",
           "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nediting = { "
           "path = \"editing\" }\n");
  lab.file(
      "editing/Cargo.toml",
      "[package]\nname = \"editing\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[lib]\nproc-macro = true\n");
  lab.file("editing/src/lib.rs", R"(
#[proc_macro]
pub fn edit(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let file = std::path::Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("src/made.rs");
    if std::fs::read_to_string(&file).unwrap().contains('9') {
        std::fs::write(&file, "pub const N: u64 = 8;\n").unwrap();
    }
    proc_macro::TokenStream::new()
}
)");
  lab.file("build.rs", "fn main() { println!(\"cargo:rerun-if-changed=build.rs\"); }\n");
  lab.file("src/made.rs", "pub const N: u64 = 9;\n");
  lab.file("src/main.rs", "mod made;\nediting::edit!();\nfn main() { println!(\"{}\", made::N); }\n");
}

}  // namespace

TEST_CASE("an edit while the baseline is built is no generated file, though there is a build script") {
  Lab lab;
  lay_out_editing_macro(lab);
  const auto results = lab.built(1);
  CHECK(contains(state(results, "baseline"), "/src/made.rs was written while 'baseline' was built"));
}

TEST_CASE("a file that a build script makes once is generated") {
  Lab lab;
  lab.package("app").file("pgo.toml", two_variants);
  lab.file("build.rs", R"(fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if !std::path::Path::new("src/made.rs").exists() { std::fs::write("src/made.rs", "pub const N: u64 = 9;\n").unwrap(); }
}
)");
  lab.file("src/main.rs", "mod made;\nfn main() { println!(\"{}\", made::N); }\n");
  check_all_ok(lab.built());
}

TEST_CASE("sources are watched where cargo names them relative to a folder") {
  Lab lab;
  lab.file(".cargo/config.toml", "[build]\ndep-info-basedir = \"..\"\n");
  lay_out_editing_macro(lab);
  fs::remove(lab.root() / "build.rs");
  const auto results = lab.built(1);
  CHECK(contains(state(results, "baseline"), "/src/made.rs was written while 'baseline' was built"));
}

TEST_CASE("C that changes between builds is said, though cargo is not told of it") {
  Lab lab;
  lab.package("app").file("pgo.toml", two_variants);
  lab.file("c/mix.c", "int mix(void) { return 1; }\n");
  lab.file("build.rs", R"(fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let out = std::env::var("OUT_DIR").unwrap();
    let run = |words: &[&str]| assert!(std::process::Command::new(words[0]).args(&words[1..]).status().unwrap().success());
    run(&["cc", "-c", "c/mix.c", "-o", &format!("{out}/mix.o")]);
    run(&["ar", "crs", &format!("{out}/libmix.a"), &format!("{out}/mix.o")]);
    println!("cargo:rustc-link-search=native={out}\ncargo:rustc-link-lib=static=mix");
}
)");
  lab.file("src/main.rs",
           "unsafe extern \"C\" { fn mix() -> i32; }\nfn main() { println!(\"{}\", unsafe { mix() }); }\n");
  lab.script("edit", "echo '// edited' >> c/mix.c");
  auto toml = two_variants;
  lab.file("pgo.toml", toml.insert(toml.find("[[variant]]"), "prepare = [[\"./edit\"]]\n"));
  const auto results = lab.built();
  CHECK(contains(results.at("notes").dump(), "/c/mix.c changed between builds: if they compile it"));
}
