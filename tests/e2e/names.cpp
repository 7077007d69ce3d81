// Folders and files with names that shells, cargo, TOML and LLVM take for something else.

#include "lab.h"

using namespace e2e;

namespace {

const std::string nasty = "it's a \"50%m of %p\" $HOME größe";

/// lld takes a % in its output's name for a place to put something random, as LLVM does elsewhere.
/// Since 1.90, which has this flag, rustc links by lld.
std::string without_lld(const Lab& lab) {
  const auto help = lab.run({"rustc", "-C", "help"});
  return contains(help.out, "linker-features")
             ? "[variant-defaults]\nrustflags = [\"-Clinker-features=-lld\"]\n"
             : "";
}

}  // namespace

TEST_CASE("a source project in a folder with spaces quotes percent signs and umlauts") {
  Lab lab(nasty);
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "lld"
linker = "lld"
linker-driver = "clang"
[[variant]]
name = "pgo"
inherits = "lld"
lto = "fat"
strip = true
pgo = true
)");
  const std::string before = lab.digest();
  const Json results = lab.results();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(lab.digest() == before);
}

TEST_CASE("a source project in a folder with an odd name linked by GNU ld") {
  Lab lab(nasty);
  lab.file("chains.rs", chains);
  lab.file("pgo.toml",
           chains_project + "[[variant]]\nname = \"pgo\"\nstrip = true\npgo = true\n" + without_lld(lab));
  const std::string before = lab.digest();
  const Json results = lab.results();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(lab.digest() == before);
  // LLVM would have made folders of its own from %m and %p.
  CHECK(std::distance(fs::directory_iterator(lab.root().parent_path()), {}) == 2);  // with results.json
  check_all_ok(lab.built());
  check_fresh(lab, "pgo");
}

TEST_CASE("a package in a folder with spaces quotes percent signs and umlauts") {
  Lab lab(nasty);
  lab.file("Cargo.toml", package("chains"));
  lab.file("src/main.rs", chains);
  lab.file("größer als.txt", "")
      .file("pgo.toml", project_of("manifest = \"Cargo.toml\"",
                                   "name = \"chains\"\nargs = [\"3000\"]\nstdin = \"größer als.txt\"") +
                            with_pgo);
  const std::string before = lab.digest();
  const Json results = lab.built();  // a shadow: there is no lock file
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(lab.digest() == before);
}

TEST_CASE("the shell script of a plan works in a folder with an odd name") {
  Lab lab(nasty);
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + with_pgo + without_lld(lab));
  const fs::path state = lab.root() / "state %d";
  run_plan_script(lab, lab.root(), {"--state-dir", state});
  CHECK(fs::exists(state / "variants/pgo/bin/chains"));
}

TEST_CASE("source files need not be called as a crate may be") {
  Lab lab;
  lab.file("9 lives.rs", chains).file("pgo.toml", R"([project]
source = "9 lives.rs"
[[workload]]
name = "chains"
args = ["30"]
[[variant]]
name = "baseline"
)");
  check_all_ok(lab.built());
}

TEST_CASE("a project's name is the package's and the file's the program's") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", R"([project]
source = "chains.rs"
name = "other"
[[workload]]
name = "chains"
args = ["30"]
[[variant]]
name = "baseline"
)");
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(results.at("project").at("name") == "other");
}
