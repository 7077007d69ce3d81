// Releases with the real cargo: PGO proved in what is shipped.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "e2e/two_programs.h"

using namespace e2e;

TEST_CASE("what is released is proved: rustc read the profile, and the code says so") {
  Lab lab;
  two_programs_in(lab).commit();
  released(lab, {"pgo", "--split-debug", "--emit-dist-manifest"});
  const std::string archive = "chains-0.1.0-x86_64-unknown-linux-gnu.tar.gz";
  CHECK(lab.files("dist") == std::vector<std::string>{"README.md", "SHA256SUMS", "chains", archive,
                                                      archive + ".sha256", "chains.debug",
                                                      "dist-manifest.json", "manifest.json", "other",
                                                      "other.debug"});
  const auto manifest = Json::parse(read(lab.root() / "dist/manifest.json"));
  const fs::path schema = fs::path(PGO_ORCH_SOURCE_DIR) / "docs/manifest.schema.json";
  CHECK(against_schema(manifest, schema) == "");
  auto wrong = manifest;
  wrong["files"][0]["sha256"] = "none";
  CHECK(contains(against_schema(wrong, schema), "sha256"));
  CHECK(manifest.at("project").at("revision").get<std::string>().size() == 40);
  CHECK(manifest.at("project").at("clean") == true);
  const auto& pgo = manifest.at("pgo");
  CHECK(pgo.at("crates_with_profile") == 3);
  CHECK(pgo.at("hot_functions_marked") > 0);
  CHECK(pgo.at("coverage") == 1.0);
  CHECK(pgo.at("hot_counts_matched") == 1.0);
  CHECK(pgo.at("workloads").at(0).at("inputs_sha256").get<std::string>().size() == 64);
  CHECK(!contains(manifest.dump(), lab.root().string()));
  CHECK(lab.run({"dist/chains", "10"}).out == "70\n");

  const auto dist = Json::parse(read(lab.root() / "dist/dist-manifest.json"));
  CHECK(dist.at("releases").at(0).at("app_version") == "0.1.0");
  const auto& packed = dist.at("artifacts").at(archive);
  CHECK(packed.at("kind") == "executable-zip");
  CHECK(packed.at("checksums").at("sha256").get<std::string>() + "  " + archive + "\n" ==
        read(lab.root() / "dist" / packed.at("checksum").get<std::string>()));
  CHECK(packed.at("assets").size() == 3);
  for (const auto& asset : packed.at("assets")) {
    const bool is_readme = asset.at("name") == "README.md";
    CHECK(asset.at("kind") == (is_readme ? "readme" : "executable"));
    if (!is_readme) CHECK(dist.at("assets").at(asset.at("id")).at("name") == asset.at("name"));
    if (!is_readme) CHECK(dist.at("artifacts").at(asset.at("symbols_artifact")).at("kind") == "symbols");
  }
  for (const auto& [name, artifact] : dist.at("artifacts").items())
    CHECK(fs::exists(lab.root() / "dist" / artifact.at("path")));

  // A wrapper of rustc that drops the flag: cargo's command lines show nothing of it.
  lab.script("rustc-less", R"(for word; do
  shift
  case $word in -Cprofile-use=*) ;; *) set -- "$@" "$word" ;; esac
done
exec "$REAL_RUSTC" "$@")");
  const auto real = lab.run({"sh", "-c", "rustup which rustc 2>/dev/null || command -v rustc"}).out;
  lab.set("REAL_RUSTC", real.substr(0, real.find('\n'))).set("RUSTC", (lab.root() / "rustc-less").string());
  const auto refused = lab.orch({"release", "pgo", "-q"});
  CHECK(refused.status == 1);
  CHECK_MESSAGE(contains(refused.err, "rustc did not read the profile for chains, other, steps"),
                refused.err);
  CHECK_MESSAGE(contains(refused.err, "its code was compiled without the profile"), refused.err);
  CHECK(Json::parse(read(lab.root() / "dist/manifest.json")) == manifest);
}

TEST_CASE("a release is reproducible from another folder, home, umask, time zone and locale") {
  Lab lab;
  two_programs_in(lab)
      .file("steps/build.rs", R"(fn main() { println!("cargo:rerun-if-changed=build.rs"); })")
      .file("build.rs", R"(
fn main() {
    let git = |words: &[&str]| {
        let said = std::process::Command::new("git").args(words).output().unwrap().stdout;
        String::from_utf8(said).unwrap().trim().replace('\n', ";")
    };
    let (revision, status) = (git(&["rev-parse", "HEAD"]), git(&["status", "--porcelain"]));
    println!("cargo:rustc-env=REVISION={revision} {status}");
}
)")
      .file("src/bin/other.rs", "fn main() { println!(\"{}\", env!(\"REVISION\").len() > 40); }\n")
      .file(".gitignore", "/.pgo-orch\n/target\n/.dist.new\n")
      .commit();
  lab.file("notes.txt", "new");
  released(lab, {"pgo", "--reproducible"});
  CHECK(contains(lab.run({"dist/other"}).out, "true"));
  const auto manifest = Json::parse(read(lab.root() / "dist/manifest.json"));
  CHECK(contains(manifest.at("checks").dump(), "reproducible: a second build has the same bytes"));
  CHECK(!contains(read(lab.root() / "dist/chains"), lab.root().string()));
}

TEST_CASE("what is not reproducible is not released, and what differs is named") {
  Lab lab;
  two_programs_in(lab);
  const auto refused = [&](const std::string& variant, const std::string& reason) {
    const auto ended = lab.orch({"release", variant, "-q", "--reproducible"});
    CHECK(ended.status == 1);
    CHECK_MESSAGE(contains(ended.err, reason), ended.err);
    CHECK(!fs::exists(lab.root() / "dist"));
  };
  // The folder of the sources, which no flag of rustc replaces.
  lab.file("src/bin/other.rs",
           "fn main() { println!(\"{}\", env!(\"CARGO_MANIFEST_DIR\").len() > 3); "
           "println!(\"{}\", env!(\"CARGO_MANIFEST_DIR\")); }\n");
  lab.file("pgo.toml", std::string(two_programs) + "hardening = \"any\"\n");
  refused("baseline", "other: sections ");
  // The date, which is another one in the second build.
  lab.file("src/bin/other.rs", "fn main() { println!(\"{}\", env!(\"BUILT\")); }\n");
  lab.file("build.rs", R"(
fn main() {
    let today = std::process::Command::new("date").arg("+%F").output().unwrap().stdout;
    println!("cargo:rustc-env=BUILT={}", String::from_utf8(today).unwrap());
}
)");
  refused("baseline", ".rodata differ; '2");
  fs::remove(lab.root() / "build.rs");
  // A program that does other work in another home, as one with random hash maps does in each run.
  two_programs_in(lab).file("src/bin/other.rs", R"(
#[inline(never)]
fn odd(n: u64) -> u64 { n * 3 + 1 }
#[inline(never)]
fn even(n: u64) -> u64 { n / 2 }
fn main() {
    let is_here = !std::env::var("HOME").unwrap_or_default().contains("pgo-orch-again");
    let mut sum = 0u64;
    for n in 0..100_000 {
        sum ^= if is_here { odd(n) } else { even(n) };
    }
    println!("{}", sum < u64::MAX);
}
)");
  refused("pgo", "training differs from run to run, in what it saw of ");
}

TEST_CASE("the best may be linked by another linker, and what nothing trained is named") {
  Lab lab;
  const auto linker = lab.run({"sh", "-c", "ls /usr/bin/ld.lld-[0-9]* | head -1"}).out;
  if (linker.empty()) {
    MESSAGE("skipped: there is no lld");
    return;
  }
  const auto untrained = std::string(two_programs)
                             .replace(two_programs.find("program = \"other\"\n"), 18,
                                      "program = \"other\"\nrole = \"measure\"\n");
  two_programs_in(lab).file("pgo.toml", untrained + "[[variant]]\nname = \"lld\"\npgo = true\nlinker = \"" +
                                            linker.substr(0, linker.find('\n')) + "\"\n");
  REQUIRE(lab.orch({"run", "-q"}).status == 0);
  auto results = Json::parse(read(lab.state() / "latest/results.json"));
  results["recommended"] = "lld";
  lab.file(".pgo-orch/latest/results.json", results.dump());
  released(lab, {"best"});
  const auto manifest = Json::parse(read(lab.root() / "dist/manifest.json"));
  CHECK(manifest.at("variant") == "lld");
  CHECK(contains(manifest.at("notes").dump(), "'other' was run by no training workload"));
  lab.set("RUSTFLAGS", "-Copt-level=1");
  CHECK(
      contains(lab.orch({"release", "best"}).err, "'lld' would be built with -Copt-level=1, unlike in run"));
}
