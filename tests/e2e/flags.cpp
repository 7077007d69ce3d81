// The user's own flags and settings mean what they mean to cargo: once, in cargo's order, and recorded.

#include <algorithm>

#include "lab.h"

using namespace e2e;

namespace {

/// Behind the user's flags and the variant's.
const std::string own_flag = "-Cstrip=none <- kept for the proof; stripped afterwards as the profile says\n";

/// Prints which of some --cfg it was built with.
const std::string witness = R"(
fn main() {
    for (name, set) in [
        ("build", cfg!(from_build)),
        ("target", cfg!(from_target)),
        ("cfg", cfg!(from_cfg)),
        ("environment", cfg!(from_environment)),
        ("own", cfg!(own)),
    ] {
        if set {
            println!("{name}");
        }
    }
}
)";

Lab project_with(const std::string& cargo_config) {
  Lab lab;
  lab.package("witness");
  lab.file("src/main.rs", witness);
  if (!cargo_config.empty()) lab.file(".cargo/config.toml", cargo_config);
  lab.file("pgo.toml", R"([project]
manifest = "Cargo.toml"
[[workload]]
name = "witness"
expect = { stdout-any = true }
[[variant]]
name = "baseline"
opt-level = 0
[[variant]]
name = "own"
opt-level = 0
rustflags = ["--cfg=own"]
)");
  return lab;
}

std::string printed(const Lab& lab, const Json& results, const std::string& variant) {
  return lab.run({executable(results, variant)}).out;
}

/// How often rustc got this text when it compiled the program.
int given(const Lab& lab, const std::string& variant, const std::string& flag) {
  const std::string log = read(lab.variant(variant) / "plain.log");
  const auto at = log.find("--crate-name witness");
  REQUIRE(at != std::string::npos);
  return count(log.substr(at, log.find('\n', at) - at), flag);
}

std::string flag_table(const Json& results, const std::string& variant, const Lab& lab) {
  const Json found = row(results, variant);
  std::string text;
  for (std::size_t i = 0; i < found.at("rustflags").size(); ++i) {
    text += found.at("rustflags")[i].get<std::string>() + " <- " +
            found.at("flag_origins")[i].get<std::string>() + "\n";
  }
  const std::string folder = lab.root().string() + "/";
  for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder))
    text.erase(at, folder.size());
  return text;
}

}  // namespace

TEST_CASE("flags of target tables are joined and win over those of the build table") {
  const Lab lab = project_with(R"([build]
rustflags = ["--cfg=from_build"]
[target.x86_64-unknown-linux-gnu]
rustflags = ["--cfg=from_target"]
[target.'cfg(unix)']
rustflags = ["--cfg", "from_cfg"]
[target.'cfg(windows)']
rustflags = ["--cfg=from_build"]
)");
  const std::string before = lab.digest();
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(printed(lab, results, "baseline") == "target\ncfg\n");
  CHECK(printed(lab, results, "own") == "target\ncfg\nown\n");
  for (const std::string flag : {"from_target", "from_cfg", "cfg=own"}) CHECK(given(lab, "own", flag) == 1);
  CHECK(flag_table(results, "own", lab) ==
        "--cfg=from_target <- .cargo/config.toml (target.x86_64-unknown-linux-gnu.rustflags)\n"
        "--cfg <- .cargo/config.toml (target.cfg(unix).rustflags)\n"
        "from_cfg <- .cargo/config.toml (target.cfg(unix).rustflags)\n"
        "--cfg=own <- variant (rustflags)\n" +
            own_flag);
  CHECK(lab.digest() == before);
}

TEST_CASE("flags of the build table count when there is nothing else") {
  const Lab lab = project_with("[build]\nrustflags = \"--cfg from_build\"\n");
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(printed(lab, results, "own") == "build\nown\n");
  CHECK(given(lab, "own", "from_build") == 1);
}

TEST_CASE("RUSTFLAGS of the environment win over all files") {
  Lab lab = project_with(
      "[build]\nrustflags = [\"--cfg=from_build\"]\n[target.'cfg(unix)']\nrustflags = "
      "[\"--cfg=from_cfg\"]\n");
  lab.set("RUSTFLAGS", "--cfg=from_environment");
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(printed(lab, results, "baseline") == "environment\n");
  CHECK(printed(lab, results, "own") == "environment\nown\n");
  CHECK(given(lab, "own", "from_environment") == 1);
  CHECK(flag_table(results, "own", lab) ==
        "--cfg=from_environment <- RUSTFLAGS\n--cfg=own <- variant (rustflags)\n" + own_flag);
}

TEST_CASE("empty RUSTFLAGS erase those of the files") {
  Lab lab = project_with("[build]\nrustflags = [\"--cfg=from_build\"]\n");
  lab.set("RUSTFLAGS", "");
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(printed(lab, results, "own") == "own\n");
}

TEST_CASE("wrappers and folders of the user's configuration are overridden and said") {
  Lab lab = project_with("");
  const fs::path calls = lab.root().parent_path() / "calls";
  lab.script("wrapper.sh", "echo \"$@\" >>'" + calls.string() + "'\nexec \"$@\"\n");
  lab.file(".cargo/config.toml", R"([build]
rustc-wrapper = "./wrapper.sh"
target-dir = "elsewhere"
build-dir = "intermediate"
incremental = true
)");
  const std::string before = lab.digest();
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(lab.digest() == before);
  if (fs::exists(calls)) CHECK_FALSE(contains(read(calls), "--crate-name witness"));
  CHECK_FALSE(contains(read(lab.variant("own") / "plain.log"), "incremental="));
  const std::string warnings = results.at("warnings").dump();
  for (const char* key : {"rustc-wrapper", "target-dir", "build-dir", "incremental"})
    CHECK(contains(warnings, key));
}

TEST_CASE("wrappers and folders of the environment are overridden and said") {
  Lab lab = project_with("");
  const fs::path calls = lab.root().parent_path() / "calls";
  lab.script("wrapper.sh", "echo \"$@\" >>'" + calls.string() + "'\nexec \"$@\"\n");
  lab.set("RUSTC_WRAPPER", (lab.root() / "wrapper.sh").string())
      .set("CARGO_TARGET_DIR", (lab.root() / "elsewhere").string());
  lab.set("CARGO_INCREMENTAL", "1").set("LLVM_PROFILE_FILE", (lab.root() / "stray.profraw").string());
  lab.file("pgo.toml", read(lab.root() / "pgo.toml") + with_pgo);
  const std::string before = lab.digest();
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  CHECK(lab.digest() == before);
  if (fs::exists(calls)) CHECK_FALSE(contains(read(calls), "--crate-name witness"));
  const std::string warnings = results.at("warnings").dump();
  for (const char* name : {"RUSTC_WRAPPER", "CARGO_TARGET_DIR", "CARGO_INCREMENTAL", "LLVM_PROFILE_FILE"})
    CHECK(contains(warnings, name));
}

TEST_CASE("the user's profile settings are in force and told") {
  Lab lab = project_with("[profile.release]\ncodegen-units = 3\n");
  lab.set("CARGO_PROFILE_RELEASE_PANIC", "abort");
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(given(lab, "own", "codegen-units=3") == 1);
  CHECK(given(lab, "own", "panic=abort") == 1);
  const std::string notes = results.at("notes").dump();
  CHECK(contains(notes, "codegen-units"));
  CHECK(contains(notes, "CARGO_PROFILE_RELEASE_PANIC"));
}

TEST_CASE("a flag of the environment that would undo a setting is left out, and told") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "optimized"
opt-level = 3
[[variant]]
name = "other"
codegen-units = 1
)");
  lab.set("RUSTFLAGS", "-Copt-level=0");
  const Json results = lab.built();
  check_all_ok(results);
  const auto without_it = [&](const std::string& variant) {
    return count(read(lab.variant(variant) / "plain.log"), "-Copt-level=0") == 0;
  };
  CHECK_FALSE(without_it("baseline"));
  CHECK(without_it("optimized"));
  CHECK_FALSE(without_it("other"));
  CHECK(contains(results.at("notes").dump(),
                 "-Copt-level=0 (RUSTFLAGS) is left out where a variant says otherwise"));
}

TEST_CASE("a profile key of the environment does not undo what a variant sets") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "one-unit"
codegen-units = 1
)");
  lab.set("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "4");
  const Json results = lab.built();
  // --config goes before the environment in cargo, so the variant has what it asks for.
  check_all_ok(results);
  CHECK(contains(read(lab.variant("one-unit") / "plain.log"), "codegen-units=1 "));
  CHECK(contains(read(lab.variant("baseline") / "plain.log"), "codegen-units=4 "));
}
