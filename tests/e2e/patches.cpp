// Variants that are a patch applied to a copy of the project.

#include "lab.h"

using namespace e2e;

namespace {

const std::string greeter = "fn main() {\n    println!(\"as it was\");\n}\n";

std::string patch_of(const std::string& file, const std::string& was = "as it was") {
  return "--- a/" + file + "\n+++ b/" + file + "\n@@ -1,3 +1,3 @@\n fn main() {\n-    println!(\"" + was +
         "\");\n+    println!(\"patched\");\n }\n";
}

const std::string variants = R"([[workload]]
name = "greet"
expect = { stdout-any = true }
[[variant]]
name = "baseline"
[[variant]]
name = "patched"
patch = "change.patch"
[[variant]]
name = "patched-pgo"
inherits = "patched"
pgo = true
[[variant]]
name = "misfit"
patch = "misfit.patch"
)";

Lab source_project() {
  Lab lab;
  lab.file("greeter.rs", greeter).file("change.patch", patch_of("greeter.rs"));
  lab.file("misfit.patch", patch_of("greeter.rs", "something else"));
  lab.file("pgo.toml", "[project]\nsource = \"greeter.rs\"\n" + variants);
  return lab;
}

Lab manifest_project() {
  Lab lab;
  lab.package("greeter");
  lab.file("src/main.rs", greeter).file("build.rs", "fn main() {}\n");
  lab.file("change.patch", patch_of("src/main.rs"))
      .file("misfit.patch", patch_of("src/main.rs", "something else"));
  lab.file("pgo.toml", "[project]\nmanifest = \"Cargo.toml\"\n" + variants);
  return lab;
}

void check_patches(const Lab& lab) {
  const std::string before = lab.digest();
  for (int time = 0; time < 2; ++time) {
    CAPTURE(time);
    const Json results = lab.built(1);
    CHECK(lab.run({executable(results, "baseline")}).out == "as it was\n");
    CHECK(state(results, "patched") == "ok");
    CHECK(lab.run({executable(results, "patched")}).out == "patched\n");
    check_proved(results, "patched-pgo");
    CHECK(lab.run({executable(results, "patched-pgo")}).out == "patched\n");
    CHECK(contains(state(results, "misfit"), "failed: patch: "));
    const Json failure = row(results, "misfit").at("failure");
    CHECK(failure.at("stage") == "patch");
    CHECK(contains(failure.at("tail").dump(), "patch does not apply"));
    CHECK(lab.digest() == before);
  }
  check_fresh(lab, "baseline");
  check_fresh(lab, "patched");
  check_fresh(lab, "patched-pgo");
}

}  // namespace

TEST_CASE("patches of a source project") {
  check_patches(source_project());
}

TEST_CASE("patches of a package") {
  check_patches(manifest_project());
}

TEST_CASE("patches of a source project inside a git repository") {
  Lab lab = source_project();
  lab.commit();
  check_patches(lab);
  CHECK(lab.git({"status", "--porcelain", "--untracked-files=all"}).out == "");
}

TEST_CASE("patches of a package inside a git repository") {
  Lab lab = manifest_project();
  lab.commit();
  check_patches(lab);
  CHECK(lab.git({"status", "--porcelain", "--untracked-files=all"}).out == "");
}

TEST_CASE("a patch that is changed is built anew") {
  Lab lab = manifest_project();
  lab.built(1);
  std::string patch = read(lab.root() / "change.patch");
  patch.replace(patch.find("patched"), 7, "changed");
  lab.file("change.patch", patch);
  const Json results = lab.built(1);
  CHECK(lab.run({executable(results, "patched")}).out == "changed\n");
  CHECK(lab.run({executable(results, "patched-pgo")}).out == "changed\n");
}

TEST_CASE("a source that is changed is patched and built anew") {
  Lab lab = manifest_project();
  lab.built(1);
  lab.file("src/main.rs", greeter + "// changed\n#[used]\nstatic CHANGED: [u8; 7] = *b\"changed\";\n");
  const Json results = lab.built(1);
  CHECK(lab.run({executable(results, "patched")}).out == "patched\n");
  CHECK(contains(read(lab.variant("patched") / "bin/greeter"), "changed"));
}
