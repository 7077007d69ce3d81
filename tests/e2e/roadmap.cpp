// The roadmap's examples are valid where their tools are, and what they are made of does what they say.

#include "lab.h"

using namespace e2e;

namespace {

const fs::path roadmap = fs::path(PGO_ORCH_SOURCE_DIR) / "examples/roadmap";

/// A copy without what runs by hand left there.
void copy_roadmap(Lab& lab) {
  fs::copy(roadmap, lab.root(), fs::copy_options::recursive);
  for (const char* made :
       {"src/thousand.rs", "lean", "ruchy/transpiled", "ruchy/events", ".pgo-orch", "ruchy/.pgo-orch"})
    fs::remove_all(lab.root() / made);
}

/// The names of the planned variants, each with a space behind it.
std::string planned(const Lab& lab, const std::string& file) {
  const auto ended = lab.orch({"plan", file, "--json"});
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  const Json plan = Json::parse(ended.out);
  std::string names;
  for (const auto& variant : plan.at("variants")) names += variant.at("name").get<std::string>() + " ";
  return names;
}

bool has(const Lab& lab, const std::string& tool) {
  return lab.run({"sh", "-c", "command -v " + tool}).status == 0;
}

/// Compiles a Rust file of the roadmap.
void compile(const Lab& lab, const std::string& file, const std::string& program) {
  const auto built = lab.run({"rustc", "--edition", "2021", "-O", file, "-o", program});
  CAPTURE(built.err);
  REQUIRE(built.status == 0);
}

}  // namespace

TEST_CASE("the roadmap of run times is planned step by step") {
  Lab lab;
  copy_roadmap(lab);
  CHECK(planned(lab, "runtime.toml") == "baseline profile native static pgo inlined ");
}

TEST_CASE("the roadmap of build times is planned step by step before its program is generated") {
  Lab lab;
  copy_roadmap(lab);
  CHECK(planned(lab, "build.toml") == "baseline opt-1 opt-0 no-lto units options lean threads ");
}

TEST_CASE("the roadmap of Ruchy says that ruchy is missing where it is") {
  Lab lab;
  copy_roadmap(lab);
  // A PATH on which there is everything but ruchy.
  lab.run({"sh", "-c",
           "mkdir tools && for t in sh mkdir awk rustc cargo rustup cc; do ln -s $(command -v $t) tools; "
           "done; true"});
  lab.set("PATH", (lab.root() / "tools").string());
  const auto ended = lab.orch({"run", "ruchy/runtime.toml", "--no-measure"});
  CHECK(ended.status == 1);
  CHECK(contains(ended.err, "no program 'ruchy' on the PATH"));
}

TEST_CASE("the roadmap of Ruchy is planned where there is a ruchy") {
  Lab lab;
  copy_roadmap(lab);
  if (!has(lab, "ruchy")) return;
  CHECK(planned(lab, "ruchy/runtime.toml") == "baseline profile native static pgo ");
  CHECK(planned(lab, "ruchy/build.toml") == "baseline opt-1 opt-0 no-lto no-warnings units stripped ");
}

TEST_CASE("the roadmap's generated program has about a thousand lines and prints the same in both styles") {
  Lab lab;
  copy_roadmap(lab);
  REQUIRE(lab.run({"sh", "generate.sh", "full", "src/thousand.rs"}).status == 0);
  REQUIRE(lab.run({"sh", "generate.sh", "lean", "lean/thousand.rs"}).status == 0);
  const std::string full = read(lab.root() / "src/thousand.rs");
  CHECK(count(full, "\n") > 950);
  CHECK(count(full, "\n") < 1050);
  CHECK(count(full, "then_some(1007)") == 1);  // what build.toml's patch replaces
  compile(lab, "src/thousand.rs", "full");
  compile(lab, "lean/thousand.rs", "lean-program");
  CHECK(lab.run({"sh", "references/cargo-build.sh", "src/thousand.rs", "by-cargo"}).status == 0);
  const std::string printed = lab.run({"./full"}).out;
  CHECK(count(printed, "\n") == 21);
  CHECK(lab.run({"./lean-program"}).out == printed);
  CHECK(lab.run({"./by-cargo"}).out == printed);
  CHECK(lab.run({"sh", "generate.sh", "short", "x.rs"}).status == 2);
}

TEST_CASE("fib with calls inlined by hand is still fib") {
  Lab lab;
  copy_roadmap(lab);
  compile(lab, "src/fib.rs", "plain");
  compile(lab, "inlined/fib.rs", "by-hand");
  compile(lab, "references/fib_ref.rs", "reference");
  for (const char* n : {"0", "1", "2", "3", "4", "5", "24"}) {
    CHECK(lab.run({"./by-hand", n}).out == lab.run({"./plain", n}).out);
    CHECK(lab.run({"./reference", n}).out == lab.run({"./plain", n}).out);
  }
  CHECK(lab.run({"./plain", "24"}).out == "46368\n");
}
