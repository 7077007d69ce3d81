// `pgo-orch release` and `verify` with toys for tools: what is shipped, what is refused, what is left alone.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "releasing.h"

using namespace pgo_orch::cli;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;

struct Whole : Releasing {
  Whole()
      : Releasing(R"(smoke = [["{exe}"], ["/usr/bin/test", "-x", "{exe.fib}"]]
include = ["LICENSE*", "docs"]
generate = [{ file = "man/fib.1", command = ["{exe}"] }]
archive = ["tar.gz", "tar.xz", "tar.zst", "zip"]
name = "{name}-{target}"
)") {
    file("LICENSE-MIT", "free").file("docs/a.txt", "a").file("docs/b/c.txt", "c");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Whole, "a release has executables, what is included, archives, checksums and a manifest") {
  released();
  const std::string stem = "fib-x86_64-unknown-linux-gnu";
  CHECK(files() == Words{"LICENSE-MIT", "SHA256SUMS", "docs/a.txt", "docs/b/c.txt", "fib", stem + ".tar.gz",
                         stem + ".tar.gz.sha256", stem + ".tar.xz", stem + ".tar.xz.sha256",
                         stem + ".tar.zst", stem + ".tar.zst.sha256", stem + ".zip", stem + ".zip.sha256",
                         "man/fib.1", "manifest.json"});
  CHECK(read("dist/man/fib.1") == "1\n");
  const auto sums =
      run_program("/bin/sh", {"-c", "cd dist && /usr/bin/sha256sum -c --quiet SHA256SUMS *.sha256"});
  CHECK_MESSAGE(sums.code == 0, sums.err);
  const auto whole = manifest();
  CHECK(whole.at("variant") == "fat");
  CHECK(whole.at("pgo").is_null());
  CHECK(!contains(whole.dump(), path().string()));
  CHECK(!fs::exists(path(".dist.new")));
  CHECK(run({"verify", "dist"}).code == 0);
  for (const char* ending : {".tar.gz", ".tar.xz", ".tar.zst", ".zip"})
    CHECK(run({"verify", "dist/" + stem + ending}).code == 0);
}

TEST_CASE_FIXTURE(Whole,
                  "archives of the same content have the same bytes, whatever the time zone and umask") {
  released();
  std::map<std::string, std::string> first;
  for (const auto& name : files()) first[name] = read("dist/" + name);
  env("TZ", "Asia/Tokyo");
  const auto again =
      run_program("/bin/sh", {"-c", std::string("umask 077; exec ") + PGO_ORCH + " release fat --out other"});
  CHECK_MESSAGE(again.code == 0, again.err);
  for (const auto& [name, content] : first)
    if (name.starts_with("fib-")) CHECK_MESSAGE(read("other/" + name) == content, name);
}

TEST_CASE_FIXTURE(Releasing, "a folder that is not a release is not replaced") {
  file("dist/notes.txt", "mine");
  refused(2, "it has no manifest.json of a release, so it is not replaced");
  CHECK(read("dist/notes.txt") == "mine");
  CHECK(builds().empty());
  fs::remove_all(path("dist"));
  released();
  file("dist/notes.txt", "mine");
  refused(2, "it has a file that is not of the release, notes.txt");
  CHECK(read("dist/notes.txt") == "mine");
  fs::remove(path("dist/notes.txt"));
  released({"baseline"});
  CHECK(variant_in_dist() == "baseline");
  file("file", "");
  refused(2, "it is not a folder, so it is not replaced. Choose another folder with --out\n",
          {"fat", "--out", "file"});
  fs::create_directory_symlink("dist", path("link"));
  refused(
      2,
      "PROJECT/link is a link, and would be replaced by a folder: give --out the folder itself, PROJECT/dist",
      {"fat", "--out", "link"});
  refused(2, "--results says which variant is best, and 'fat' is named: leave one of the two out",
          {"fat", "--results", "missing.json"});
}

TEST_CASE("what fails leaves the release that is there") {
  Releasing test;
  test.released();
  const auto before = test.files();
  const auto fails = [&](const std::string& keys, const std::string& reason) {
    test.file("pgo.toml", two_variants + "\n[release]\n" + keys);
    test.refused(1, reason, {"baseline"});
    CHECK(test.files() == before);
    CHECK(test.variant_in_dist() == "fat");
    CHECK(!fs::exists(test.path(".dist.new")));
  };
  fails("smoke = [[\"/bin/false\"]]", "'baseline' cannot be released: smoke test: exit code 1");
  fails("smoke = [[\"/bin/sh\", \"-c\", \": > ${0%/*}/cache\", \"{exe}\"]]",
        "cache was left among the files of the release by a program that was run");
  fails("smoke = [[\"/bin/chmod\", \"-x\", \"{exe}\"]]", "fib changed after it was proved");
  fails("glibc = \"2.1\"", "'glibc' in [release] allows 2.1");
  fails("forbid-libs = [\"libc.so*\"]", "it needs the shared library libc.so.6");
  fails("generate = [{ file = \"x\", command = [\"/bin/true\"] }]", "prints nothing");
  fails("generate = [{ file = \"x\", command = [\"/bin/false\"] }]", "the command that generates 'x' failed");
  test.file("fib.rs", "error no");
  fails("", "'baseline' cannot be released");
}

TEST_CASE_FIXTURE(Releasing, "what cannot be is refused before anything is built") {
  const auto wrong = [&](const std::string& keys, const std::string& reason) {
    file("pgo.toml", two_variants + "\n[release]\n" + keys);
    forget_calls();
    refused(2, reason, {"baseline"});
    CHECK(builds().empty());
  };
  wrong("smoke = [[\"{exe.other}\"]]",
        "'smoke' in [release]: {exe.other} is not a program of the release: write {exe}");
  wrong("smoke = [[\"no-such-tool\", \"{exe}\"]]", "no program 'no-such-tool' is on the PATH");
  wrong("generate = [{ file = \"../x\", command = [\"{exe}\"] }]", "'../x' is not a path inside the release");
  wrong("generate = [{ file = \"x\", command = [\"{exe}\"] }, { file = \"./x\", command = [\"{exe}\"] }]",
        "the release has another file './x'");
  for (const char* taken : {"manifest.json", "fib", "fib.rs"})
    wrong(std::string("include = [\"fib.rs\"]\ngenerate = [{ file = \"") + taken +
              "\", command = [\"{exe}\"] }]",
          std::string("the release has another file '") + taken + "'");
  wrong("smoke = [[\"./nope\"]]", "program not found: PROJECT/nope");
  wrong("glibc = { x86_64-unknown-linux-musl = \"2.17\" }",
        "'glibc' in [release]: it says nothing of x86_64-unknown-linux-gnu: add that target");
  wrong("name = \"x\\n\"", "it has a control character");
  wrong("variant = \"fatt\"", "unknown variant 'fatt' in [release] (did you mean 'fat'?)");
  wrong("name = \"{nam}\"", "{nam} means nothing here");
  wrong("forbid-libs = [\"lib[a\"]", "'lib[a' matches nothing: close the bracket");
  wrong("archive = [\"zip\", \"zip\"]", "a format is there twice");
  wrong("include = [\".\"]", "'.' is the whole folder of pgo.toml");
  file("docs/a.txt", "a");
  fs::create_symlink("gone", path("docs/b.txt"));
  wrong("include = [\"docs\"]", "PROJECT/docs/b.txt is neither a file nor a folder, nor a link to a file");
}

TEST_CASE_FIXTURE(Releasing, "what is included is found in any folder, and what is hidden is not") {
  for (const char* name : {"LICENSE", "a/LICENSE", "a/b/LICENSE", "a/.git/LICENSE", "doc/x.1", "doc/.y/x.1"})
    file(name, name);
  file("pgo.toml", two_variants + "\n[release]\narchive = []\ninclude = [\"**/LICENSE\", \"doc\"]\n");
  released({"baseline"});
  CHECK(files() ==
        Words{"LICENSE", "SHA256SUMS", "a/LICENSE", "a/b/LICENSE", "doc/x.1", "fib", "manifest.json"});
}

TEST_CASE("a release that is killed at any moment leaves the old one or the new one" *
          doctest::skip(std::string(KILL_AT).empty())) {
  Releasing test;
  test.released();
  std::set<std::string> seen;
  int kills = 0;
  for (bool killed = true; killed && kills < 1000; ++kills) {
    const std::string other = test.variant_in_dist() == "fat" ? "baseline" : "fat";
    const auto before = test.variant_in_dist();
    test.env("LD_PRELOAD", KILL_AT).env("KILL_PATH", "dist").env("KILL_AT", std::to_string(kills + 1));
    const auto result = test.run({"release", other});
    test.env("LD_PRELOAD", "");
    killed = result.code < 0;
    CHECK_MESSAGE(test.run({"verify", "dist"}).code == 0, kills);
    CHECK((test.variant_in_dist() == before || test.variant_in_dist() == other));
    seen.insert(test.variant_in_dist() == before ? "old" : "new");
  }
  MESSAGE(kills, " kills");
  CHECK(kills > 20);
  CHECK(kills < 1000);
  CHECK(seen == std::set<std::string>{"new", "old"});
  CHECK(!fs::exists(test.path(".dist.new")));
}

TEST_CASE("each target has a folder of its own; what cannot run here is not trained") {
  Releasing test;
  test.file("../sysroot/lib/rustlib/aarch64-unknown-linux-gnu/lib/libcore-0.rlib", "");
  const std::string targets = "targets = [\"x86_64-unknown-linux-gnu\", \"aarch64-unknown-linux-gnu\"]\n";
  test.file("pgo.toml", fib_and_pgo + "\n[release]\n" + targets + "smoke = [[\"{exe}\"]]\n");
  test.released({"baseline"});
  const auto checks = [&](const std::string& target) {
    return json::parse(test.read("dist/" + target + "/manifest.json")).at("checks").dump();
  };
  CHECK(contains(checks("x86_64-unknown-linux-gnu"), "smoke test"));
  CHECK(contains(checks("aarch64-unknown-linux-gnu"),
                 "nothing was run: programs for aarch64-unknown-linux-gnu"));
  CHECK(test.run({"verify", "dist"}).code == 0);
  CHECK(test.run({"verify", "dist/aarch64-unknown-linux-gnu"}).code == 0);
  test.file("dist/aarch64-unknown-linux-gnu/more", "");
  test.refused(2, "it has a file that is not of the release, aarch64-unknown-linux-gnu/more", {"baseline"});
  fs::remove(test.path("dist/aarch64-unknown-linux-gnu/more"));

  const std::string only = "targets = [\"aarch64-unknown-linux-gnu\"]\n";
  test.file("pgo.toml", fib_and_pgo + "\n[release]\n" + only);
  test.refused(2, "'pgo' cannot be trained for aarch64-unknown-linux-gnu: its programs do not run here",
               {"pgo"});
  test.file("pgo.toml", fib_and_pgo + "\n[release]\nunrunnable = \"saved-profile\"\n" + only);
  test.refused(2, "'pgo' has no saved profile", {"pgo"});
  test.file("pgo.toml", fib_and_pgo + "\n[release]\nunrunnable = \"plain\"\n" + only);
  test.released({"pgo"});
  CHECK(test.manifest().at("pgo").is_null());
  CHECK(contains(test.manifest().at("notes").dump(), "released WITHOUT PGO for aarch64-unknown-linux-gnu"));
}

TEST_CASE_FIXTURE(Releasing, "what is made by a program that cannot run here has to be in the repository") {
  file("../sysroot/lib/rustlib/aarch64-unknown-linux-gnu/lib/libcore-0.rlib", "");
  const std::string targets = "targets = [\"x86_64-unknown-linux-gnu\", \"aarch64-unknown-linux-gnu\"]\n";
  file("pgo.toml", two_variants + "\n[release]\n" + targets +
                       "generate = [{ file = \"fib.1\", command = [\"{exe}\"] }]\n");
  refused(
      2,
      "'fib.1' is made by the program, which does not run here if it is built for aarch64-unknown-linux-gnu",
      {"baseline"});
  file("pgo.toml", two_variants + "\n[release]\n" + targets);
  released({"baseline", "--target", "x86_64-unknown-linux-gnu", "--target", "x86_64-unknown-linux-gnu"});
  CHECK(manifest().at("target") == "x86_64-unknown-linux-gnu");
  released({"baseline"});
  const auto sums = read("dist/SHA256SUMS");
  for (const auto& listed : manifest().at("files"))
    if (const std::string name = listed.at("path"); name != "SHA256SUMS")
      CHECK(contains(sums, listed.at("sha256").get<std::string>() + "  " + name + "\n"));
  file("dist/aarch64-unknown-linux-gnu/fib.asc", "signed");
  CHECK(run({"verify", "dist"}).code == 0);
  file("dist/aarch64-unknown-linux-gnu/fob.asc", "signed");
  CHECK(run({"verify", "dist"}).code == 1);
}

TEST_CASE_FIXTURE(Releasing,
                  "the manifest has the CPU that the user's flags ask for, and why there is no revision") {
  file(".cargo/config.toml",
       "[build]\nrustflags = [\"-C\", \"target-cpu=x86-64-v3\", \"-Ctarget-feature=+avx2,+crt-static\"]\n");
  tool("git", "echo \"fatal: detected dubious ownership in repository at '/x'\" >&2; exit 128");
  released({"baseline"});
  CHECK(manifest().at("cpu") == "x86-64-v3");
  CHECK(manifest().at("cpu_features").dump() == R"(["+avx2"])");
  CHECK(contains(manifest().at("notes").dump(),
                 "git does not tell the revision: fatal: detected dubious ownership"));
  file(".cargo/config.toml", "[build]\nrustflags = [\"-Ctarget-cpu=native\"]\n");
  refused(2, "'baseline' is built for this CPU (-Ctarget-cpu=native, of PROJECT/.cargo/config.toml",
          {"baseline"});
}

TEST_CASE("a release that is built in a copy of the workspace warns that its files name the copy") {
  for (const bool locked : {true, false}) {
    Test test;
    test.file("Cargo.toml", "[package]\nname = \"fib\"\nversion = \"0.1.0\"\n")
        .file("src/main.rs", "print 1");
    if (locked) test.file("Cargo.lock", "");
    test.file("pgo.toml",
              "[project]\nmanifest = \"Cargo.toml\"\n\n[[workload]]\nname = \"w\"\n\n"
              "[[variant]]\nname = \"baseline\"\n");
    const auto result = test.run({"release", "baseline"});
    CHECK_MESSAGE(result.code == 0, result.err);
    CHECK(contains(result.err, "`cargo generate-lockfile` makes a lock file") != locked);
    CHECK(std::filesystem::exists(test.path("Cargo.lock")) == locked);
  }
}

TEST_CASE("two releases at once into one place, from different state folders, do not meet") {
  Releasing test;
  test.released({"baseline"});
  test.hold("build", "fat");
  {
    const auto first = test.start({"release", "fat"});
    test.wait_until_held();
    test.refused(2, "another release is being made in PROJECT: wait for it",
                 {"baseline", "--state-dir", "other"});
    test.released({"baseline", "--state-dir", "other", "--out", "elsewhere/dist"});
  }
  test.let_go();  // the first was killed
  test.released();
  CHECK(test.variant_in_dist() == "fat");
}

TEST_CASE("a build that fails now and then is tried again from clean, as often as `retries` says") {
  Releasing test("retries = 1\n");
  const auto cargo = text_of(test.outside("bin/cargo"));
  const auto fails = [&](int times) {
    test.file("failures", std::string(static_cast<std::size_t>(times), 'x'));
    test.tool("cargo", "if [ \"$1\" = build ] && [ -s " + test.path("failures").string() +
                           " ]; then read -r x < " + test.path("failures").string() +
                           "; printf %s \"${x#x}\" > " + test.path("failures").string() +
                           "; echo 'error: the network is down' >&2; exit 101; fi\n" +
                           cargo.substr(cargo.find('\n') + 1));
  };
  fails(1);
  test.released();
  CHECK(test.variant_in_dist() == "fat");
  fails(2);
  test.refused(1, "error: the network is down");
}
