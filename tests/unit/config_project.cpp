#include <set>

#include "config_fixture.h"
#include "orchestrator/config/keys.h"

using namespace pgo_orch::orchestrator;
using namespace pgo_orch::orchestrator::test;
using namespace std::chrono_literals;

namespace {

const std::string variant = "[[variant]]\nname = \"base\"\n";

}  // namespace

TEST_CASE("a source project has a program for each file, named by its stem") {
  const Folder folder;
  folder.write("2 fast.rs", "fn main() {}\n");
  const Config config =
      folder.load("[project]\nsource = [\"fib.rs\", \"2 fast.rs\"]\nedition = 2024\n" + variant);
  CHECK(config.project.kind == ProjectKind::source);
  CHECK(config.project.name == "fib");
  CHECK(config.project.edition == "2024");
  CHECK(programs(config.project) == std::vector<std::string>{"fib", "_2_fast"});
  CHECK(config.project.source[1] == folder.path() / "2 fast.rs");
  CHECK(config.root == folder.path());
}

TEST_CASE("dependencies are copied as the lines that cargo gets, with paths made absolute") {
  const Folder folder;
  const Config config = folder.load(R"([project]
source = "fib.rs"
[project.dependencies]
serde = { version = "1", features = ["derive"] }
mine = { path = "lib/../mine" }
"a.b" = "2"
regex.version = "1"
[[variant]]
name = "base"
)");
  CHECK(config.project.dependencies ==
        "serde = { version = \"1\", features = [\"derive\"] }\n"
        "mine = { path = \"" +
            (folder.path() / "mine").string() +
            "\" }\n"
            "\"a.b\" = \"2\"\n"
            "regex = { version = \"1\" }\n");
}

TEST_CASE("a manifest project keeps what it says about packages and programs") {
  const Folder folder;
  folder.write("app/Cargo.toml", "");
  const Config config = folder.load(R"([project]
manifest = "app/Cargo.toml"
package = "app"
bin = ["a", "b"]
features = ["x"]
default-features = false
profile = "dist"
cargo-args = ["--locked"]
toolchain = "./rust/bin"
host-flags = true
prepare = [["./make", "all"], ["make", "all"]]
[[workload]]
name = "w"
program = "b"
)" + variant);
  const Project& project = config.project;
  CHECK(project.manifest == folder.path() / "app/Cargo.toml");
  CHECK(programs(project) == std::vector<std::string>{"a", "b"});
  CHECK(project.package == "app");
  CHECK(project.profile == "dist");
  CHECK_FALSE(project.default_features);
  CHECK(project.host_flags);
  CHECK(project.toolchain == (folder.path() / "rust/bin").string());
  CHECK(project.prepare[0][0] == (folder.path() / "make").string());
  CHECK(project.prepare[1][0] == "make");
}

TEST_CASE("a workload has its program, its limits and absolute paths") {
  const Folder folder;
  folder.write("data/in.txt", "35");
  const Config config = folder.load(project + R"(
[[workload]]
name = "w"
stdin = "data/in.txt"
cwd = "data"
role = "measure"
weight = 3
timeout = "2.10ms"
train-timeout = "1.5h"
lost-profiles = "allow"
stdout = "file"
env = { A = "" }
command = ["./drive.sh", "{exe}", "a/b"]
expect = { exit-code = 3, stdout-sorted = true, stdout-matches = "^a+$" }
[[workload]]
name = "plain"
args = ["35"]
)" + variant);
  const Workload& workload = config.workloads.at(0);
  CHECK(workload.program == "fib");
  CHECK(workload.stdin_file == folder.path() / "data/in.txt");
  CHECK(workload.cwd == folder.path() / "data");
  CHECK(workload.role == pgo_orch::pgo::Role::measure);
  CHECK(workload.weight == 3);
  CHECK(workload.timeout == 2100us);
  CHECK(workload.train_timeout == 90min);
  CHECK(workload.lost_profiles == pgo_orch::pgo::LostProfiles::allow);
  CHECK(workload.stdout_mode == pgo_orch::pgo::StdoutMode::file);
  CHECK(workload.env.at("A").empty());
  CHECK(workload.command == std::vector<std::string>{(folder.path() / "drive.sh").string(), "{exe}", "a/b"});
  CHECK(workload.expect.exit_codes.text() == "3");
  CHECK(workload.expect.stdout_matches == "^a+$");
  CHECK(config.workloads.at(1).cwd == folder.path());
  CHECK(config.workloads.at(1).timeout == 1min);
}

TEST_CASE("files that a command makes first may be missing") {
  const Folder folder;
  CHECK(folder.errors("[project]\nsource = \"made.rs\"\nprepare = [[\"ruchy\"]]\n" + variant).empty());
  CHECK(
      folder
          .errors(project + "[[workload]]\nname = \"w\"\nstdin = \"made\"\nsetup = [[\"make\"]]\n" + variant)
          .empty());
  CHECK(folder.errors(project + "[[workload]]\nname = \"w\"\nstdin = \"made\"\n" + variant) ==
        "pgo.toml:5:9: 'stdin': no such file: 'made' (relative paths start at this file's folder)");
}

TEST_CASE("measure and build keep their figures, and what is off is noted with its place") {
  const Folder folder;
  const Config config = folder.load(project + variant + R"([measure]
precision = "0.5%"
confidence = "99%"
max-time = "30s"
warmup = 0
race = true
control = false
emulated = false
[build]
jobs = 4
keep = "bin"
scenarios = ["full"]
phases = true
)");
  CHECK(config.measure.precision == doctest::Approx(0.005));
  CHECK(config.measure.confidence == doctest::Approx(0.99));
  CHECK(config.measure.max_time == 30s);
  CHECK(config.measure.warmup == 0);
  CHECK(config.build.jobs == 4);
  CHECK(config.build.keep == Keep::bin);
  CHECK(config.build.phases);
  CHECK(config.measure.race);
  CHECK_FALSE(config.measure.control);
}

TEST_CASE("a file that is not there, and a folder, are errors that say what to do") {
  const Folder folder;
  CHECK_THROWS_WITH(load_config("nowhere/pgo.toml"),
                    "nowhere/pgo.toml was not found: `pgo-orch init` writes one for a Cargo project, and "
                    "`pgo-orch try -- ARGUMENTS` compares builds without one");
  CHECK_THROWS_WITH(load_config("/tmp"), "/tmp is a folder: name the pgo.toml in it");
}

TEST_CASE("every key of the table takes its own example") {
  const Folder folder;
  for (const char* file : {"hello.rs", "Cargo.toml", "in.txt", "expected.txt", "saved.profdata",
                           "saved.fdata", "fib_inlined.rs", "inline.patch"}) {
    folder.write(file, "");
  }
  for (const KeyInfo& table : keys_of(Section::top)) {
    if (!table.inner) continue;
    for (const Section section : sections_of(*table.inner)) {
      for (const KeyInfo& key : keys_of(section)) {
        const std::string line = std::string(key.name) + " = " + std::string(key.example) + "\n";
        CAPTURE(line);
        const std::string errors = folder.errors(header_of(*table.inner) + "\n" + line);
        CHECK(errors.find("' must be ") == std::string::npos);
        CHECK(errors.find("' cannot be ") == std::string::npos);
        CHECK(errors.find("unknown key") == std::string::npos);
      }
    }
  }
}

TEST_CASE("the table of keys can be walked, and no table takes a name twice") {
  for (int number = 0; number <= static_cast<int>(Section::inspect); ++number) {
    const auto section = static_cast<Section>(number);
    std::set<std::string_view> names;
    for (const Section part : sections_of(section)) {
      for (const KeyInfo& key : keys_of(part)) {
        CAPTURE(key.name);
        CHECK(names.insert(key.name).second);
        CHECK((section == Section::top || !key.example.empty()));
        CHECK(find_key(section, key.name) == &key);
      }
    }
    CHECK_FALSE(names.empty());
  }
}

TEST_CASE("cargo-args that say what pgo-orch says itself are errors") {
  const Folder folder;
  CHECK(folder.errors(
            project +
            "cargo-args = [\"--offline\", \"--target=wasm32-wasip1\", \"-j\", \"2\", \"--target-dir\"]\n" +
            variant) == R"(pgo.toml:3:1: '--target' cannot be in 'cargo-args': 'target' in [project] says it
pgo.toml:3:1: '-j' cannot be in 'cargo-args': 'jobs' in [build] says it
pgo.toml:3:1: '--target-dir' cannot be in 'cargo-args': each variant has a target folder of its own)");
  CHECK(folder.errors(project + "cargo = [\"cargo\", \"+nightly\"]\n" + variant)
            .ends_with("pgo.toml:3:1: '+nightly' cannot be in 'cargo': write toolchain = \"nightly\""));
}

TEST_CASE("a name with control characters stays on its line") {
  const Folder folder;
  CHECK(folder.errors(project + variant + "\"a\\nerror: \\u001b[31m\" = 1\n") ==
        "pgo.toml:5:1: unknown key 'a?error: ?[31m' in variant 'base'");
}
