// A profile that is kept with the sources outlives new versions of packages, and edits.

#include "saved_profiles.h"

#include <fmt/format.h>

using namespace e2e;

TEST_CASE("a saved profile fits after new versions of the package and of a dependency, in both manglings") {
  for (const char* flags : {"", "-Csymbol-mangling-version=v0"}) {
    CAPTURE(flags);
    Lab lab;
    lab.set("RUSTFLAGS", flags);
    train_and_save(lab, ", retrain-below = \"95%\"");
    CHECK(fit(lab).at("by_hash") == 1.0);
    set_versions(lab, "0.2.0", "2.10.3");
    const Json after = fit(lab);
    CAPTURE(after.dump(1));
    CHECK(after.at("by_name") >= 0.95);
    CHECK(after.at("by_hash") >= 0.95);
    CHECK(contains(after.at("remarks").dump(), "app 0.1.0 -> 0.2.0, dep 1.0.0 -> 2.10.3"));
    const Json results = lab.built();
    check_all_ok(results);
    CHECK(row(results, "pgo").at("pgo").at("basis") == "names only");
    CHECK(row(results, "pgo").at("pgo").at("coverage") > 0.5);
    CHECK(row(results, "pgo").at("pgo").at("hot_counts").at("by_hash") >= 0.95);
    CHECK_FALSE(contains(read(lab.variant("pgo") / "optimized.log"), "Running `"));  // status built it

    // Without what is beside the profile, no name is kept: then it fits no more, and that is not silent.
    fs::remove(lab.root() / "pgo/release.profdata.json");
    CHECK(fit(lab, 1).at("by_name") < 0.05);
    const auto failed = lab.built(1);
    CHECK(contains(state(failed, "pgo"), "match today's sources, less than retrain-below (95"));
    CHECK(contains(failed.at("notes").dump(), "has no release.profdata.json beside it"));
  }
}

TEST_CASE("with a saved profile the shell script of a plan builds the same code, after new versions too") {
  Lab lab;
  train_and_save(lab);
  set_versions(lab, "0.1.1", "1.0.1");
  const Json results = lab.built();
  check_all_ok(results);
  const ByScript script(lab, lab.root().parent_path() / "script state");
  for (const char* variant : {"baseline", "pgo"})
    CHECK(script.code(variant, "app") == code(results, variant));
}

TEST_CASE("a changed function lowers the share by hash, a renamed one also by name, until trained again") {
  Lab lab;
  train_and_save(lab, ", retrain-below = \"99%\"");
  replace_in(lab, "src/main.rs", "n /= 10;",
             "n /= 10;\n            if digits == 1_000_000 {\n                eprintln!(\"{digits}\");\n     "
             "       }");
  const Json changed = fit(lab, 1);
  CAPTURE(changed.dump(1));
  CHECK(changed.at("by_name") == 1.0);
  CHECK(changed.at("by_hash") < 0.99);
  CHECK(contains(changed.at("lost").dump(), "Digits"));
  const Json failed = lab.built(1);
  CHECK(contains(
      state(failed, "pgo"),
      "Train it again: `pgo-orch profile save pgo/release.profdata pgo.toml --variant pgo --train`"));

  lab.file("src/main.rs", program);
  for (int i = 0; i < 2; ++i) replace_in(lab, "dep/src/lib.rs", "Collatz", "Hail");
  for (int i = 0; i < 2; ++i) replace_in(lab, "src/main.rs", "Collatz", "Hail");
  const Json renamed = fit(lab, 1);
  CHECK(renamed.at("by_name") < 0.99);
  CHECK(fit(lab, 1, {"--check-profile"}).at("by_name") == renamed.at("by_name"));

  const auto saved = lab.orch({"profile", "save", profile, "pgo.toml", "--variant", "pgo", "--train"});
  CAPTURE(saved.err);
  CHECK(saved.status == 0);
  CHECK(fit(lab).at("by_hash") == 1.0);
  check_all_ok(lab.built());
}

TEST_CASE("functions that an edit elsewhere moves to another codegen unit keep their profile") {
  Lab lab;
  std::string modules = program;
  for (const char* name : {"a", "b", "c", "d"})
    modules += fmt::format(
        "mod {0} {{ #[inline(never)] pub fn {0}(n: u64) -> u64 {{ (0..n).filter(|x| x % 3 != n % 5).sum() }} "
        "}}\n",
        name);
  modules.insert(modules.find("    println!"),
                 "    println!(\"{} {} {} {}\", a::a(below), b::b(below), c::c(below), d::d(below));\n");
  lab.file("dep/src/lib.rs", lib).file("src/main.rs", modules).file("pgo.toml", package_project + with_pgo);
  set_versions(lab, "0.1.0", "1.0.0");
  REQUIRE(lab.orch({"profile", "save", profile, "--train"}).status == 0);
  lab.file("pgo.toml", with_saved(", retrain-below = \"90%\""));
  CHECK(fit(lab).at("by_hash") == 1.0);
  // Units are numbered by their size: a new large module puts all others into new ones.
  std::string large = "mod large {\n";
  for (int i = 0; i < 20; ++i)
    large += fmt::format(
        "    #[inline(never)]\n    pub fn f{0}(words: &str) -> String {{\n        let mut all: Vec<String> = "
        "words.split(' ').map(|w| format!(\"{{w}}{0}\")).collect();\n        all.sort();\n        "
        "all.join(\"-\")\n    }}\n",
        i);
  large += "}\n";
  std::string calls;
  for (int i = 0; i < 20; ++i) calls += fmt::format("        println!(\"{{}}\", large::f{}(&text));\n", i);
  auto edited = modules + large;
  edited.insert(edited.find("    println!"),
                "    if let Ok(text) = std::env::var(\"NEVER_SET\") {\n" + calls + "    }\n");
  lab.file("src/main.rs", edited);
  set_versions(lab, "0.2.0", "1.0.1");
  const Json after = fit(lab);
  CAPTURE(after.dump(1));
  CHECK(after.at("by_name") >= 0.95);
  CHECK(fit(lab, 0, {"--check-profile"}).at("by_name") == after.at("by_name"));
  check_all_ok(lab.built());
}

TEST_CASE("an instrumented build says the same of a saved profile as the build that uses it") {
  Lab lab;
  train_and_save(lab);
  set_versions(lab, "0.3.0", "1.1.0");
  replace_in(lab, "src/main.rs", "n /= 10;",
             "n /= 10;\n            if digits == 1_000_000 {\n                eprintln!(\"{digits}\");\n     "
             "       }");
  const Json used = fit(lab), instrumented = fit(lab, 0, {"--check-profile"});
  CHECK(instrumented.at("basis") == "an instrumented build");
  CHECK(instrumented.at("by_hash") < 1.0);
  for (const char* key : {"by_name", "by_hash", "lost", "crates"})
    CHECK(instrumented.at(key) == used.at(key));
  check_all_ok(lab.built());
}
