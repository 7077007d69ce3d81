// Profile-guided variants: trained with their own exact settings, proved, and honest when it does not work.

#include "lab.h"
#include "toolchains/elf.h"

using namespace e2e;

namespace {

/// Ends as its first argument says; after some work, so that there is something to profile.
const std::string ends = R"(
extern "C" {
    fn _exit(code: i32) -> !;
}

#[inline(never)]
fn work(rounds: u32) -> u32 {
    (0..rounds).fold(1, |sum: u32, i| sum.wrapping_mul(31) ^ i)
}

fn main() {
    let how = std::env::args().nth(1).unwrap_or_default();
    println!("{}", work(1000));
    let trains = std::env::var_os("LLVM_PROFILE_FILE").is_some();
    let only_there = how.strip_prefix("when trained: ");
    match only_there.map_or(how.as_str(), |how| if trains { how } else { "" }) {
        "panic" => panic!("as asked"),
        "abort" => std::process::abort(),
        "exit" => unsafe { _exit(0) },
        "seven" => std::process::exit(7),
        _ => {}
    }
}
)";

/// A workload that is measured, one that trains and ends in this way, and two PGO variants.
std::string ends_project(const std::string& how, const std::string& expect = "") {
  return R"([project]
source = "ends.rs"
[[workload]]
name = "well"
role = "measure"
[[workload]]
name = "train"
role = "train"
args = [")" +
         how + "\"]\n" + expect + R"(
[[variant]]
name = "baseline"
[[variant]]
name = "unwind"
pgo = true
[[variant]]
name = "abort"
panic = "abort"
pgo = true
)";
}

/// Runs of one project, which share what they build and differ in how its training ends.
class Endings {
 public:
  Endings() { lab_.file("ends.rs", ends); }
  Json run(const std::string& how, int status, const std::string& expect = "") {
    lab_.file("pgo.toml", ends_project(how, expect));
    return lab_.built(status);
  }
  const Lab& lab() const { return lab_; }

 private:
  Lab lab_;
};

}  // namespace

TEST_CASE("PGO variants that differ in strip only are each trained and proved") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "kept"
strip = false
pgo = true
[[variant]]
name = "debuginfo"
inherits = "kept"
strip = "debuginfo"
[[variant]]
name = "stripped"
inherits = "kept"
strip = true
)");
  const Json results = lab.built();
  check_all_ok(results);
  for (const std::string variant : {"kept", "debuginfo", "stripped"}) {
    check_proved(results, variant);
    const auto info = pgo_orch::toolchains::elf_info(executable(results, variant));
    CHECK(info.has_symbols == (variant != "stripped"));
    CHECK(lab.run({executable(results, variant), "30"}).out ==
          lab.run({executable(results, "baseline"), "30"}).out);
  }
}

TEST_CASE("strip of the user's own profile holds for PGO variants too") {
  Lab lab;
  lab.package("chains", "[profile.release]\nstrip = true\n");
  lab.file("src/main.rs", chains).file("pgo.toml", package_project + with_pgo);
  for (int time = 0; time < 2; ++time) {
    CAPTURE(time);
    const Json results = lab.built();
    check_all_ok(results);
    check_proved(results, "pgo");
    CHECK_FALSE(pgo_orch::toolchains::elf_info(executable(results, "baseline")).has_symbols);
    CHECK_FALSE(pgo_orch::toolchains::elf_info(executable(results, "pgo")).has_symbols);
  }
}

TEST_CASE("a training program trains when it ends as expected, and fails its variant otherwise") {
  Endings endings;
  const Json normal = endings.run("", 0);
  check_all_ok(normal);
  check_proved(normal, "unwind");
  check_proved(normal, "abort");

  INFO("panics");
  CHECK(states(endings.run("when trained: panic", 1)) ==
        "baseline: ok\n"
        "unwind: failed: train train: exit code 101, expected 0\n"
        "abort: failed: train train: killed by signal 6 (Aborted)\n");

  INFO("panics as expected: it trains if it unwinds");
  const Json panics = endings.run("panic", 1, "expect = { exit-code = 101 }\n");
  check_proved(panics, "unwind");
  CHECK(state(panics, "abort") == "failed: train train: killed by signal 6 (Aborted)");

  INFO("ends with another exit code as expected");
  const Json seven = endings.run("seven", 0, "expect = { exit-code = 7 }\n");
  check_proved(seven, "abort");

  INFO("aborts");
  const Json aborts = endings.run("when trained: abort", 1);
  CHECK(states(aborts) ==
        "baseline: ok\n"
        "unwind: failed: train train: killed by signal 6 (Aborted)\n"
        "abort: failed: train train: killed by signal 6 (Aborted)\n");
  const Json failure = row(aborts, "abort").at("failure");
  CHECK(failure.at("stage") == "train train");
  CHECK(failure.at("signal") == 6);
  CHECK(contains(failure.at("command").get<std::string>(), "LLVM_PROFILE_FILE="));
  CHECK(contains(read(failure.at("log").get<std::string>()), "/ends 'when trained: abort'"));

  INFO("leaves no profile, also where an earlier run has left one");
  const Json exits = endings.run("exit", 1);
  for (const std::string variant : {"unwind", "abort"})
    CHECK(contains(state(exits, variant), "failed: train train: it wrote no profile"));

  // All of them trained the same instrumented programs.
  CHECK_FALSE(contains(read(endings.lab().variant("abort") / "instrumented.log"), "Running `"));
}

TEST_CASE("a llvm-profdata of another version first on the PATH is passed over") {
  Lab lab;
  const fs::path calls = lab.root().parent_path() / "calls";
  lab.script("tools/llvm-profdata", R"(case "$*" in
*--version*) echo "LLVM (http://llvm.org/):"; echo "  LLVM version 14.0.6"; exit 0;;
esac
echo "$*" >>')" + calls.string() + R"('
echo "error: unsupported instrumentation profile format version" >&2
exit 1
)");
  lab.tools_from(lab.root() / "tools");
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + with_pgo);
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK_FALSE(fs::exists(calls));
  const Json tool = results.at("tools").at("llvm-profdata");
  CHECK_FALSE(contains(tool.at("path").get<std::string>(), "/tools/"));
  const auto major = [](const std::string& version) { return version.substr(0, version.find('.')); };
  CHECK(major(tool.at("version")) == major(results.at("tools").at("rustc").at("llvm")));
}

TEST_CASE("workloads train by name weight and number of runs") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[workload]]
name = "small"
args = ["10"]
role = "train"
runs = 3
weight = 5
[[variant]]
name = "both"
pgo = { keep-raw = true }
[[variant]]
name = "small-only"
pgo = { train = ["small"], keep-raw = true }
)");
  const Json results = lab.built();
  check_all_ok(results);
  const Json both = row(results, "both").at("pgo").at("workloads");
  REQUIRE(both.size() == 2);
  CHECK(both[0].at("name") == "chains");
  CHECK(both[0].at("raw_files") == 1);
  CHECK(both[1].at("name") == "small");
  CHECK(both[1].at("raw_files") == 3);
  CHECK(lab.files(".pgo-orch/variants/both/profiles/raw/small").size() == 3);
  const Json small = row(results, "small-only").at("pgo").at("workloads");
  REQUIRE(small.size() == 1);
  CHECK(small[0].at("name") == "small");
  CHECK(row(results, "both").at("pgo").at("sha256") != row(results, "small-only").at("pgo").at("sha256"));
}

TEST_CASE("a saved profile is used without training and labelled names only") {
  Lab lab;
  lab.file("chains.rs", chains)
      .file("pgo.toml", chains_project + "[[variant]]\nname = \"pgo\"\nlto = \"off\"\npgo = true\n");
  const Json trained = lab.built();
  check_proved(trained, "pgo");
  fs::copy_file(lab.variant("pgo") / "profiles/merged.profdata", lab.root() / "x.profdata");
  lab.file("pgo.toml", chains_project + R"(
[[variant]]
name = "saved"
lto = "off"
pgo = { profile = "x.profdata" }
[[variant]]
name = "trained-elsewhere"
codegen-units = 1
pgo = { profile = "x.profdata" }
)");
  const std::string before = lab.digest();
  const Json results = lab.built(1);
  CHECK(state(results, "saved") == "ok");
  const Json pgo = row(results, "saved").at("pgo");
  CHECK(pgo.at("basis") == "names only");
  CHECK(pgo.at("coverage") > 0.0);
  CHECK(pgo.at("workloads").empty());
  CHECK(code(results, "saved") == code(trained, "pgo"));
  // Trained with other settings, it fits no function: what looks like PGO would be none.
  CHECK(contains(state(results, "trained-elsewhere"), "failed: prove: the profile fits 0 of"));
  CHECK(lab.digest() == before);
}

TEST_CASE("a saved profile that is not there is said before anything is built") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "saved"
pgo = { profile = "missing.profdata" }
)");
  const auto ended = lab.orch({"run", "--no-measure"});
  CHECK(ended.status != 0);
  CHECK(contains(ended.err, "missing.profdata"));
  CHECK_FALSE(contains(ended.err + ended.out, "target-specific information"));
}

TEST_CASE("host flags reach build scripts and PGO still works") {
  Lab lab;
  lab.package("chains");
  lab.file("build.rs", R"rs(
fn main() {
    println!("cargo::rustc-check-cfg=cfg(script_saw_it)");
    if cfg!(own) {
        println!("cargo::rustc-cfg=script_saw_it");
    }
}
)rs");
  std::string source = chains;
  source.replace(source.find("println!"), 0,
                 "if cfg!(script_saw_it) {\n        println!(\"seen\");\n    }\n    ");
  lab.file("src/main.rs", source).file("pgo.toml", R"([project]
manifest = "Cargo.toml"
host-flags = true
[[workload]]
name = "chains"
args = ["3000"]
[variant-defaults]
cfg = ["own"]
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
)");
  const std::string before = lab.digest();
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(contains(lab.run({executable(results, "pgo"), "30"}).out, "seen"));
  CHECK(lab.digest() == before);
  const auto argv = row(results, "pgo").at("command").dump();
  CHECK_FALSE(contains(argv, "\"--target\""));
}
