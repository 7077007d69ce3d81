// Two versions of real programs, built by the real cargo. Where a verdict must not depend on time it is one
// on instructions.

#include "lab.h"

#include "../workflow_steps.h"

using namespace e2e;

namespace {

const fs::path source = PGO_ORCH_SOURCE_DIR;

/// One path with branches, one that only adds up: with a profile of the first alone the other is not
/// vectorized.
const std::string two_paths = R"(
fn numbers(count: usize) -> Vec<u32> {
    let mut x = 12345u32;
    (0..count)
        .map(|_| {
            x = x.wrapping_mul(1664525).wrapping_add(1013904223);
            x >> 8
        })
        .collect()
}

#[inline(never)]
fn classify(values: &[u32]) -> u32 {
    let mut total = 0u32;
    for &value in values {
        total = total.wrapping_add(match value % 100 {
            0 => value / 3,
            1 => value.rotate_left(5),
            2..=4 => value ^ 0x5555,
            _ => value & 7,
        });
    }
    total
}

#[inline(never)]
fn checksum(values: &[u32]) -> u32 {
    values.iter().fold(0u32, |sum, &value| sum.wrapping_add(value.wrapping_mul(3) ^ (value >> 3)))
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let rounds: u32 = words[2].parse().unwrap();
    let values = numbers(1000);
    let mut total = 0u32;
    for _ in 0..rounds {
        let values = std::hint::black_box(&values[..]);
        total = total.wrapping_add(if words[1] == "classify" { classify(values) } else { checksum(values) });
    }
    println!("{total}");
}
)";

const std::string trained_on_one = R"(
[[workload]]
name = "classify"
args = ["classify", "300"]
[[workload]]
name = "checksum"
args = ["checksum", "300"]
role = "measure"
[[variant]]
name = "baseline"
opt-level = 3
[[variant]]
name = "pgo"
inherits = "baseline"
pgo = true
[measure]
max-time = "200ms"
phases = false
[gate]
metrics = ["instructions"]
guard = "5%"
[release]
variant = "pgo"
)";

/// A package in a git repository, with a commit.
Lab& repository(Lab& lab, const std::string& main, const std::string& pgo_toml) {
  return lab.package("paths")
      .file("src/main.rs", main)
      .file("pgo.toml", "[project]\nmanifest = \"Cargo.toml\"\n" + pgo_toml)
      .file(".gitignore", "/target\n")
      .commit();
}

void commit_change(const Lab& lab, const std::string& tag) {
  REQUIRE(lab.git({"add", "-A"}).status == 0);
  REQUIRE(lab.git({"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", tag}).status == 0);
  REQUIRE(lab.git({"tag", tag}).status == 0);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

Json claim_of(const Json& report, const std::string& workload) {
  for (const auto& claim : report.at("claims"))
    if (claim.at("workload") == workload) return claim;
  FAIL("no claim about ", workload);
  return {};
}

Json gate(const Lab& lab, int status, std::vector<std::string> words) {
  words.insert(words.begin(), "gate");
  words.insert(words.end(), {"--json", "gate.json"});
  const auto ended = lab.orch(words);
  INFO(ended.out, ended.err);
  REQUIRE(ended.status == status);
  return Json::parse(read(lab.root() / "gate.json"));
}

}  // namespace

TEST_CASE(
    "a revision against itself is the same program, and one that does more is a regression in both builds") {
  Lab lab;
  repository(lab, two_paths, trained_on_one);
  REQUIRE(lab.git({"tag", "old"}).status == 0);
  lab.file("src/main.rs", replaced(two_paths, "fn main() {", "fn main() {\n    // the same code\n"));
  commit_change(lab, "same");
  lab.file("src/main.rs", replaced(two_paths, "let values = numbers(1000);",
                                   "let values = numbers(std::hint::black_box(1300));"));
  commit_change(lab, "slower");
  const auto before = lab.digest();

  const auto itself = gate(lab, 0, {"old", "old"});
  for (const auto& claim : itself.at("claims")) CHECK(claim.at("first").at("reason") == "the same code");
  CHECK(itself.at("base").at("revision") == itself.at("head").at("revision"));

  const auto slower = gate(lab, 1, {"old", "slower"});
  CHECK(slower.at("outcome") == "fail");
  for (const auto& claim : slower.at("claims")) {
    CHECK(claim.at("outcome") == "fail");
    CHECK(claim.at("first").at("effect_pct") > 5);
    CHECK(claim.at("second").at("outcome") == "fail");
  }
  CHECK(slower.at("variant") == "pgo");
  fs::remove(lab.root() / "gate.json");
  CHECK(lab.digest() == before);

  // What cargo has kept of one version is never taken for the other, however old the files of a folder are.
  const auto here = gate(lab, 1, {"old", "."});
  CHECK(here.at("head").at("programs") != here.at("base").at("programs"));
  CHECK(gate(lab, 0, {"slower", "."}).at("outcome") == "pass");
}

TEST_CASE("a loss of time must show in five orders of the code before it fails") {
  Lab lab;
  repository(lab, two_paths, replaced(trained_on_one, "metrics = [\"instructions\"]", "metrics = [\"cpu\"]"));
  REQUIRE(lab.git({"tag", "old"}).status == 0);
  lab.file("src/main.rs", replaced(two_paths, "let values = numbers(1000);",
                                   "let values = numbers(std::hint::black_box(30_000));"));
  commit_change(lab, "slower");
  const auto claim = claim_of(gate(lab, 1, {"old", "slower", "--max-time", "30s"}), "classify");
  CHECK(claim.at("second").at("orders") == 5);
  CHECK(claim.at("outcome") == "fail");
  // What is wrong with the old version is not a regression of the new one.
  lab.file("src/main.rs", "fn main() { does not compile }");
  commit_change(lab, "broken");
  CHECK(lab.orch({"gate", "broken", "slower"}).status == 2);
  CHECK(lab.orch({"gate", "slower", "broken"}).status == 1);
}

TEST_CASE("a training set that loses more on what it has not seen than it gains is refused, by name") {
  Lab lab;
  lab.file("paths.rs", two_paths).file("pgo.toml", "[project]\nsource = \"paths.rs\"\n" + trained_on_one);
  const auto results = lab.built();
  const std::vector<std::string> words{"--base-exe", executable(results, "baseline").string(), "--head-exe",
                                       executable(results, "pgo").string()};
  const auto report = gate(lab, 1, words);
  CHECK(claim_of(report, "checksum").at("outcome") == "fail");
  CHECK(claim_of(report, "classify").at("outcome") == "pass");
  CHECK(contains(report.at("sentence").get<std::string>(),
                 "more instructions than BASE in 'checksum', and 5.0 % is allowed"));

  // Trained with both paths it is no worse in either.
  lab.file("pgo.toml", replaced(read(lab.root() / "pgo.toml"), "role = \"measure\"\n", ""));
  const auto trained = lab.built();
  CHECK(gate(lab, 0,
             {"--base-exe", executable(trained, "baseline").string(), "--head-exe",
              executable(trained, "pgo").string()})
            .at("outcome") == "pass");
}

TEST_CASE("a gain over all workloads does not pay for a guarded path that is lost") {
  Lab lab;
  lab.file("paths.rs", two_paths)
      .file("pgo.toml", "[project]\nsource = \"paths.rs\"\n" +
                            replaced(trained_on_one, "[[workload]]\nname = \"checksum\"",
                                     "[[workload]]\nname = \"more\"\nargs = [\"classify\", \"3000\"]\nrole = "
                                     "\"measure\"\n[[workload]]\nname = \"checksum\""));
  // What is faster: the old version does the hot path twice.
  lab.file("old.rs",
           replaced(two_paths, "{ classify(values) }",
                    "{ classify(values) ^ classify(std::hint::black_box(values)) ^ classify(values) }"));
  lab.file("old.toml", replaced(read(lab.root() / "pgo.toml"), "paths.rs", "old.rs"));
  const auto built = lab.built();
  REQUIRE(lab.orch({"run", "old.toml", "--no-measure", "--state-dir", "old-state"}).status == 0);
  const auto report = gate(lab, 1,
                           {"--base-exe", (lab.root() / "old-state/variants/baseline/bin/old").string(),
                            "--head-exe", executable(built, "pgo").string()});
  double base = 0, head = 0;
  for (const auto& claim : report.at("claims")) {
    base += claim.at("first").at("base").get<double>();
    head += claim.at("first").at("head").get<double>();
  }
  CHECK(head < base);
  CHECK(claim_of(report, "more").at("first").at("effect_pct") < -5);
  CHECK(claim_of(report, "checksum").at("outcome") == "fail");
  CHECK(contains(report.at("sentence").get<std::string>(), "in 'checksum'"));
}

TEST_CASE("a profile of another build than the one it is used in is refused before anything is compared") {
  Lab lab;
  repository(lab, two_paths, trained_on_one);
  REQUIRE(lab.orch({"profile", "save", "saved.profdata", "--variant", "pgo", "--train"}).status == 0);
  lab.file("pgo.toml", replaced(read(lab.root() / "pgo.toml"), "pgo = true",
                                "pgo = { profile = \"saved.profdata\", min-coverage = \"50%\" }"));
  commit_change(lab, "old");
  // What is trained is not what is built: as where a release's stages differed.
  lab.file("src/main.rs",
           replaced(replaced(two_paths, "fn classify(", "fn classified("), "{ classify(", "{ classified("));
  const auto main_rs = read(lab.root() / "src/main.rs");
  lab.file("src/main.rs",
           replaced(replaced(main_rs, "fn checksum(", "fn summed("), "{ checksum(", "{ summed("));
  commit_change(lab, "renamed");
  const auto ended = lab.orch({"gate", "old", "renamed"});
  INFO(ended.out, ended.err);
  CHECK(ended.status == 1);
  CHECK(contains(ended.err, "HEAD (renamed) cannot be built"));
  CHECK(contains(ended.err, "profile"));
}

TEST_CASE("configuration of the user's tree does not leak into a version that has another") {
  Lab lab;
  repository(lab, two_paths, trained_on_one);
  REQUIRE(lab.git({"tag", "old"}).status == 0);
  lab.file(".cargo/config.toml", "[build]\nrustflags = [\"--cfg\", \"more\"]\n");
  lab.file("src/main.rs", replaced(two_paths, "let values = numbers(1000);",
                                   "let values = numbers(if cfg!(more) { 1300 } else { 1000 });"));
  commit_change(lab, "configured");
  const auto report = gate(lab, 1, {"old", "configured", "--no-pgo"});
  CHECK(claim_of(report, "checksum").at("first").at("effect_pct") > 5);
}

TEST_CASE("the workflow for pull requests annotates and keeps its figures") {
  Lab lab;
  lab.file("examples/tokenizer/tokenizer.rs", read(source / "examples/tokenizer/tokenizer.rs"));
  lab.file("examples/tokenizer/pgo.toml",
           replaced(read(source / "examples/tokenizer/pgo.toml"), "max-time = \"20s\"", "max-time = \"1s\""));
  lab.commit();
  REQUIRE(lab.git({"update-ref", "refs/remotes/origin/main", "HEAD"}).status == 0);
  const fs::path summary = lab.root() / "summary.md";
  lab.tools_from(fs::path(PGO_ORCH_PROGRAM).parent_path())
      .set("GITHUB_ACTIONS", "true")
      .set("GITHUB_STEP_SUMMARY", summary)
      .set("GITHUB_BASE_REF", "main");
  int ran = 0, kept = 0;
  for (const auto& step : pgo_orch::tests::workflow_steps(read(source / ".github/workflows/gate.yml"))) {
    if (contains(step.run, "pgo-orch ")) {
      const auto ended = lab.run_in(lab.root() / step.working_directory, {"sh", "-e", "-c", step.run});
      INFO(ended.out, ended.err);
      CHECK(ended.status == 0);
      CHECK(contains(ended.out, "::notice title=pgo-orch gate::pass: "));
      ++ran;
    }
    for (const auto& path : step.paths) {
      CHECK(fs::exists(lab.root() / path));
      ++kept;
    }
  }
  CHECK(ran == 1);
  CHECK(kept == 2);
  CHECK(contains(read(summary), "### tokenizer: HEAD "));
}
