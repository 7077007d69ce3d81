// Releases with the real cargo: PGO proved in what is shipped, and verify on files that were altered, or not.

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "e2e/lab.h"

using namespace e2e;

namespace {

const std::string two_programs = R"([project]
manifest = "Cargo.toml"
bin = ["chains", "other"]
[measure]
max-time = "100ms"
phases = false
[[workload]]
name = "chains"
program = "chains"
args = ["3000"]
[[workload]]
name = "other"
program = "other"
args = ["20"]
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
[release]
smoke = [["{exe}", "5"], ["{exe.other}", "5"]]
include = ["README.md"]
)";

/// A library and two programs that use it.
Lab& two_programs_in(Lab& lab) {
  lab.file("Cargo.toml", "[workspace]\nmembers = [\"steps\"]\n" + package("chains",
                                                                          "[dependencies]\nsteps = { path = "
                                                                          "\"steps\" }\n"))
      .file("steps/Cargo.toml", package("steps"))
      .file("steps/src/lib.rs", R"(
#[inline(never)]
pub fn next(n: u64) -> u64 {
    if n % 2 == 0 { n / 2 } else { 3 * n + 1 }
}
pub fn never(n: u64) -> u64 {
    n.rotate_left(7) ^ 99
}
)")
      .file("src/bin/chains.rs", R"(
fn chain(mut n: u64) -> u64 {
    let mut length = 1;
    while n != 1 {
        n = steps::next(n);
        length += 1;
    }
    length
}
#[inline(never)]
fn rarely(below: u64) -> u64 {
    steps::never(below)
}
fn main() {
    let below = std::env::args().nth(1).map_or(10, |text| text.parse().unwrap());
    let total: u64 = (1..below).map(chain).sum();
    println!("{}", if total == 12345678 { rarely(total) } else { total });
}
)")
      .file("src/bin/other.rs", R"(
#[inline(never)]
fn fib(n: u64) -> u64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}
fn main() {
    let n = std::env::args().nth(1).map_or(10, |text| text.parse().unwrap());
    println!("{}", steps::next(fib(n)));
}
)")
      .file("README.md", "read me\n")
      .file("pgo.toml", two_programs);
  CHECK(lab.run({"cargo", "generate-lockfile"}).status == 0);
  return lab;
}

void released(const Lab& lab, std::vector<std::string> words) {
  words.insert(words.begin(), {"release", "-q"});
  const auto ended = lab.orch(words);
  CHECK_MESSAGE(ended.status == 0, ended.err);
}

/// Files made of those of a release, and what verify says of them.
class Files {
 public:
  explicit Files(const Lab& lab) : lab_(lab) { fs::create_directories(lab.root() / "made"); }

  fs::path copy(const std::string& name, const std::string& as) {
    const fs::path to = lab_.root() / "made" / as;
    fs::copy_file(lab_.root() / "dist" / name, to, fs::copy_options::overwrite_existing);
    return to;
  }
  void genuine(const fs::path& file) { check(file, 0); }
  void altered(const fs::path& file) { check(file, 1); }
  int count(int status) const { return counts_[status]; }

 private:
  void check(const fs::path& file, int status) {
    const auto ended = lab_.orch({"verify", file.string(), "--manifest", "dist/manifest.json"});
    CHECK_MESSAGE(ended.status == status, (file.filename().string() + ": " + ended.out + ended.err));
    ++counts_[status];
  }

  const Lab& lab_;
  int counts_[2] = {0, 0};
};

void patch(const fs::path& file, std::uintmax_t offset) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(stream.get() ^ 0x55);
  stream.seekp(static_cast<std::streamoff>(offset));
  stream.put(byte);
}

}  // namespace

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

TEST_CASE("verify knows forty files that were altered, and forty that were not") {
  Lab lab;
  two_programs_in(lab);
  released(lab, {"baseline"});
  fs::rename(lab.root() / "dist", lab.root() / "plain");
  released(lab, {"pgo"});
  fs::rename(lab.root() / "dist", lab.root() / "other-profile");
  lab.file("pgo.toml", std::string(two_programs).replace(two_programs.find("3000"), 4, "27"));
  released(lab, {"pgo"});
  const std::string archive = "chains-0.1.0-x86_64-unknown-linux-gnu.tar.gz";
  Files files(lab);
  const auto tool = [&](const fs::path& file, std::vector<std::string> words) {
    words.push_back(file.string());
    const auto ended = lab.run(words);
    CHECK_MESSAGE(ended.status == 0, ended.err);
    return file;
  };

  // Of whatever LLVM there is; not every machine has xz and bzip2.
  const auto found = [&](const std::string& what) {
    const auto out = lab.run({"sh", "-c", what}).out;
    return out.substr(0, out.find('\n'));
  };
  const auto llvm_strip = found("ls /usr/bin/llvm-strip-[0-9]* | sort -V | tail -1");
  const auto llvm_objcopy = found("ls /usr/bin/llvm-objcopy-[0-9]* | sort -V | tail -1");
  for (const std::string name : {"chains", "other"}) {
    files.genuine(lab.root() / "dist" / name);
    files.genuine(files.copy(name, name + "-renamed"));
    for (const std::string& strip : {llvm_strip, std::string("strip")})
      for (const std::string option : {"--strip-all", "--strip-debug", "--strip-unneeded", "-g"}) {
        files.genuine(
            tool(files.copy(name, name + fs::path(strip).filename().string() + option), {strip, option}));
        files.genuine(tool(files.copy(name, name), {strip, option}));
      }
    files.genuine(tool(files.copy(name, name + "-comment"), {llvm_strip, "--remove-section=.comment"}));
    const auto split = files.copy(name, name + "-split");
    tool(split, {llvm_objcopy, "--strip-all", "--add-gnu-debuglink=dist/" + name});
    files.genuine(split);
  }
  files.genuine(lab.root() / "dist" / archive);
  files.genuine(files.copy(archive, "renamed.tar.gz"));
  files.genuine(lab.root() / "dist");
  const auto packed = [&](const std::string& how, const std::string& as) {
    const auto ended = lab.run({"sh", "-c",
                                "rm -rf un && mkdir un && tar xf dist/" + archive + " -C un && cd un && " +
                                    how + " && cd .. && mv un/packed made/" + as});
    CHECK_MESSAGE(ended.status == 0, ended.err);
    return lab.root() / "made" / as;
  };
  for (const std::string how : {"gz", "xz", "bz2"})
    if (how == "gz" || !found(how == "xz" ? "command -v xz" : "command -v bzip2").empty())
      files.genuine(
          packed("tar caf ../packed." + how + " * && mv ../packed." + how + " packed", "again.tar." + how));
  files.genuine(packed("mv */* . && tar cf ../p . && mv ../p packed", "flat.tar"));
  files.genuine(packed("rm */README.md && tar cf ../p . && mv ../p packed", "less.tar"));
  files.genuine(packed(llvm_strip + " */chains && tar cf ../p . && mv ../p packed", "stripped.tar"));
  CHECK(files.count(0) >= 40);

  for (const std::string name : {"chains", "other"}) {
    fs::copy_file(lab.root() / "plain" / name, lab.root() / "made" / (name + "-plain"));
    files.altered(lab.root() / "made" / (name + "-plain"));
    fs::copy_file(lab.root() / "other-profile" / name, lab.root() / "made" / (name + "-profile"));
    if (name == "chains") files.altered(lab.root() / "made" / (name + "-profile"));
    const auto size = fs::file_size(lab.root() / "dist" / name);
    for (std::uintmax_t part = 0; part < 10; ++part) {
      const auto patched = files.copy(name, name + "-patched");
      patch(patched, part == 0 ? 7 : size * part / 10 - 1);
      files.altered(patched);
    }
    for (const auto end : {size / 4, size / 2, size - 1}) {
      const auto cut = files.copy(name, name + "-cut");
      fs::resize_file(cut, end);
      files.altered(cut);
    }
    const auto longer = files.copy(name, name + "-longer");
    std::ofstream(longer, std::ios::app) << "more";
    files.altered(longer);
    const auto foreign = files.copy(name, name + "-foreign");
    patch(foreign, 18);  // e_machine
    files.altered(foreign);
  }
  files.altered(packed("cp ../plain/chains */chains && tar cf ../p . && mv ../p packed", "swapped.tar"));
  files.altered(packed("rm */chains && tar cf ../p . && mv ../p packed", "lacks.tar"));
  files.altered(packed("for f in */README.md; do echo more >> $f; done && tar cf ../p . && mv ../p packed",
                       "readme.tar"));
  files.altered(
      packed("for d in */; do cp /bin/true $d/extra; done && tar cf ../p . && mv ../p packed", "extra.tar"));
  files.altered(packed("tar czf ../p . && head -c 20000 ../p > packed", "cut.tar.gz"));
  files.altered(
      packed("for d in */; do cp ../other-profile/chains $d; done && tar cf ../p . && mv ../p packed",
             "profile.tar"));
  lab.file("made/notes", "no executable");
  files.altered(lab.root() / "made/notes");
  CHECK(files.count(1) >= 40);
}

TEST_CASE("a release is reproducible from another folder, home, umask, time zone and locale") {
  Lab lab;
  two_programs_in(lab).file("steps/build.rs",
                            R"(fn main() { println!("cargo:rerun-if-changed=build.rs"); })");
  released(lab, {"pgo", "--reproducible"});
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
