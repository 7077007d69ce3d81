// Incremental builds with the real cargo.

#include "lab.h"

using namespace e2e;

namespace {

const std::string main_rs =
    "mod chains;\nfn main() {\n    println!(\"{}\", chains::total(3000) + 35 - 35);\n}\n";
const std::string chains_rs = R"(pub fn total(below: u64) -> u64 {
    (1..below).map(|n| { let (mut n, mut length) = (n, 1u64);
        while n != 1 { n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 }; length += 1; } length }).sum()
}
)";

const std::string build = R"([build]
runs = 2
scenarios = ["full", "incr-full", "incr-unchanged", "incr-patched"]
patch = { file = "src/main.rs", replace = "35", with = "36" }
)";

const std::string variants = R"([[workload]]
name = "chains"
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
)";

Lab two_files(const std::string& more = build) {
  Lab lab;
  lab.package("chains");
  lab.file("src/main.rs", main_rs).file("src/chains.rs", chains_rs);
  return lab.file("pgo.toml", "[project]\nmanifest = \"Cargo.toml\"\n" + more + variants);
}

Json scenarios(const Json& results, const std::string& variant) {
  return row(results, variant).at("build").at("scenarios");
}

bool has_note(const Json& results, const std::string& part) {
  return contains(results.at("notes").dump(), part);
}

}  // namespace

TEST_CASE("incremental builds of a package are timed and the user's files stay as they are") {
  const Lab lab = two_files();
  const std::string before = lab.digest();
  const Json results = lab.built();
  CHECK(lab.digest() == before);
  CHECK(read(lab.root() / "src/main.rs") == main_rs);
  check_all_ok(results);
  for (const char* variant : {"baseline", "pgo"}) {
    CAPTURE(variant);
    const Json all = scenarios(results, variant);
    CHECK(all.size() == 3);
    for (const char* name : {"incr-full", "incr-unchanged", "incr-patched"}) {
      CAPTURE(name);
      CHECK(all.at(name).at("reason") == "");
      CHECK(all.at(name).at("wall_s") > 0.0);
      CHECK(all.at(name).at("runs").size() == 2);
    }
    const std::string log = read(lab.variant(variant) / "incremental.log");
    CHECK(contains(log, "-C incremental="));
    CHECK_FALSE(contains(log, "--crate-name chains --edition=2021 " + (lab.root() / "src").string()));
  }
  CHECK(has_note(results, "was replaced by \\\"36\\\" in 2 places of src/main.rs, in a copy"));
  CHECK(has_note(results, "are not trained again"));
  const Json again = lab.built();
  CHECK(scenarios(again, "baseline") == scenarios(results, "baseline"));
  CHECK(has_note(again, "2 of 2 variants were timed by an earlier run"));
}

TEST_CASE("incremental builds of a source project") {
  Lab lab;
  lab.file("chains.rs", chains);
  lab.file("pgo.toml",
           with_build_keys(chains_project,
                           "keep = \"bin\"\nscenarios = [\"incr-patched\"]\n"
                           "patch = { file = \"chains.rs\", replace = \"n / 2\", with = \"n >> 1\" }\n"));
  const std::string before = lab.digest();
  const Json results = lab.built();
  CHECK(lab.digest() == before);
  CHECK(scenarios(results, "baseline").size() == 1);
  CHECK(scenarios(results, "baseline").at("incr-patched").at("reason") == "");
  CHECK(scenarios(results, "baseline").at("incr-patched").at("wall_s") > 0.0);
  CHECK_FALSE(fs::exists(lab.variant("baseline") / "target-incr"));
  CHECK(contains(read(lab.variant("baseline") / "src/chains.rs"), "n / 2"));
}

TEST_CASE("an edit that does not compile is a reason and no failure") {
  const Lab lab = two_files(
      "[build]\nscenarios = [\"incr-full\", \"incr-patched\"]\n"
      "patch = { file = \"src/chains.rs\", replace = \"pub fn\", with = \"pub fun\" }\n");
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(scenarios(results, "baseline").at("incr-full").at("reason") == "");
  const std::string reason = scenarios(results, "baseline").at("incr-patched").at("reason");
  CHECK(contains(reason, "exit code 101: error"));
  CHECK(scenarios(results, "baseline").at("incr-patched").at("wall_s").is_null());
}

TEST_CASE("an edit of text that is not there is an error before anything is built") {
  const Lab lab = two_files(
      "[build]\nscenarios = [\"incr-patched\"]\n"
      "patch = { file = \"src/main.rs\", replace = \"nowhere\", with = \"x\" }\n");
  const Ended ended = lab.orch({"run", "--no-measure"});
  CHECK(ended.status == 2);
  CHECK(contains(ended.err, "src/main.rs does not contain \"nowhere\""));
  CHECK_FALSE(fs::exists(lab.variant("baseline")));
}
