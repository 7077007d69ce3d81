// A profile that is kept with the sources: it outlives new versions of packages, and what no longer fits is
// said, or refused.

#include <sstream>

#include "lab.h"

using namespace e2e;

namespace {

const std::string lib = R"(
pub struct Collatz<T>(pub T);

pub trait Walk {
    fn steps(&self) -> u64;
}

impl Walk for Collatz<u64> {
    fn steps(&self) -> u64 {
        let (mut n, mut length) = (self.0, 1);
        while n != 1 {
            n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
            length += 1;
        }
        length
    }
}

#[inline(never)]
pub fn total<W: Walk>(all: &[W]) -> u64 {
    all.iter().map(|each| each.steps()).sum()
}
)";

const std::string program = R"(
use dep::{total, Collatz, Walk};

struct Digits(u64);

impl Walk for Digits {
    #[inline(never)]
    fn steps(&self) -> u64 {
        let mut n = self.0;
        let mut digits = 0;
        while n > 0 {
            digits += n % 10;
            n /= 10;
        }
        digits
    }
}

fn main() {
    let below: u64 = std::env::args().nth(1).map_or(10, |text| text.parse().unwrap());
    let collatz: Vec<_> = (1..below).map(Collatz).collect();
    let digits: Vec<_> = (1..below).map(Digits).collect();
    println!("{} {}", total(&collatz), total(&digits));
}
)";

constexpr const char* profile = "pgo/release.profdata";

std::string manifest(const std::string& name, const std::string& version, const std::string& more = "") {
  return "[package]\nname = \"" + name + "\"\nversion = \"" + version + "\"\nedition = \"2021\"\n" + more;
}

/// The package and its dependency in these versions, with the lock file that belongs to them.
void set_versions(Lab& lab, const std::string& app, const std::string& dep) {
  lab.file("Cargo.toml", manifest("app", app, "[dependencies]\ndep = { path = \"dep\" }\n"))
      .file("dep/Cargo.toml", manifest("dep", dep));
  REQUIRE(lab.run({"cargo", "generate-lockfile", "--offline"}).status == 0);
}

std::string with_saved(const std::string& more = "") {
  return package_project + "[[variant]]\nname = \"pgo\"\npgo = { profile = \"" + profile + "\"" + more +
         " }\n";
}

/// A profile is trained and saved; from then on the variant uses it.
void train_and_save(Lab& lab, const std::string& more = "") {
  lab.file("dep/src/lib.rs", lib).file("src/main.rs", program);
  lab.file("pgo.toml", package_project + with_pgo);
  set_versions(lab, "0.1.0", "1.0.0");
  const auto saved = lab.orch({"profile", "save", profile, "--train"});
  CAPTURE(saved.err);
  REQUIRE(saved.status == 0);
  CHECK(contains(saved.out, "saved pgo/release.profdata: "));
  lab.file("pgo.toml", with_saved(more));
}

Json fit(const Lab& lab, int status = 0, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"profile", "status", "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto ended = lab.orch(arguments);
  CAPTURE(ended.err);
  CHECK(ended.status == status);
  REQUIRE(ended.out.starts_with("{"));
  return Json::parse(ended.out);
}

void replace_in(Lab& lab, const fs::path& name, const std::string& from, const std::string& to) {
  auto text = read(lab.root() / name);
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  lab.file(name, text.replace(at, from.size(), to));
}

/// Nothing was built for any variant.
bool nothing_was_built(const Lab& lab) {
  for (const auto& name : lab.files(".pgo-orch"))
    if (name.ends_with(".jsonl") && name.starts_with("variants/")) return false;
  return true;
}

}  // namespace

TEST_CASE("a saved profile fits after new versions of the package and of a dependency, in both manglings") {
  for (const char* flags : {"", "-Csymbol-mangling-version=v0"}) {
    CAPTURE(flags);
    Lab lab;
    lab.set("RUSTFLAGS", flags);
    train_and_save(lab, ", retrain-below = \"95%\"");
    CHECK(fit(lab).at("by_hash") == 1.0);
    set_versions(lab, "0.2.0", "2.10.3");
    const Json after = fit(lab);
    CAPTURE(after.dump(1));
    CHECK(after.at("by_name") >= 0.95);
    CHECK(after.at("by_hash") >= 0.95);
    CHECK(contains(after.at("remarks").dump(), "app 0.1.0 -> 0.2.0, dep 1.0.0 -> 2.10.3"));
    const Json results = lab.built();
    check_all_ok(results);
    CHECK(row(results, "pgo").at("pgo").at("basis") == "names only");
    CHECK(row(results, "pgo").at("pgo").at("coverage") > 0.5);
    CHECK(row(results, "pgo").at("pgo").at("hot_counts").at("by_hash") >= 0.95);
    CHECK_FALSE(contains(read(lab.variant("pgo") / "optimized.log"), "Running `"));  // status built it

    // Without what is beside the profile, no name is kept: then it fits no more, and that is not silent.
    fs::remove(lab.root() / "pgo/release.profdata.json");
    CHECK(fit(lab, 1).at("by_name") < 0.05);
    const auto failed = lab.built(1);
    CHECK(contains(state(failed, "pgo"), "match today's sources, less than retrain-below (95"));
    CHECK(contains(failed.at("notes").dump(), "has no release.profdata.json beside it"));
  }
}

TEST_CASE("with a saved profile the shell script of a plan builds the same code, after new versions too") {
  Lab lab;
  train_and_save(lab);
  set_versions(lab, "0.1.1", "1.0.1");
  const Json results = lab.built();
  check_all_ok(results);
  const ByScript script(lab, lab.root().parent_path() / "script state");
  for (const char* variant : {"baseline", "pgo"})
    CHECK(script.code(variant, "app") == code(results, variant));
}

TEST_CASE("a changed function lowers the share by hash, a renamed one also by name, until trained again") {
  Lab lab;
  train_and_save(lab, ", retrain-below = \"99%\"");
  replace_in(lab, "src/main.rs", "n /= 10;",
             "n /= 10;\n            if digits == 1_000_000 {\n                eprintln!(\"{digits}\");\n     "
             "       }");
  const Json changed = fit(lab, 1);
  CAPTURE(changed.dump(1));
  CHECK(changed.at("by_name") == 1.0);
  CHECK(changed.at("by_hash") < 0.99);
  CHECK(contains(changed.at("lost").dump(), "Digits"));
  const Json failed = lab.built(1);
  CHECK(contains(
      state(failed, "pgo"),
      "Train it again: `pgo-orch profile save pgo/release.profdata pgo.toml --variant pgo --train`"));

  lab.file("src/main.rs", program);
  for (int i = 0; i < 2; ++i) replace_in(lab, "dep/src/lib.rs", "Collatz", "Hail");
  for (int i = 0; i < 2; ++i) replace_in(lab, "src/main.rs", "Collatz", "Hail");
  const Json renamed = fit(lab, 1);
  CHECK(renamed.at("by_name") < 0.99);
  CHECK(fit(lab, 1, {"--check-profile"}).at("by_name") == renamed.at("by_name"));

  const auto saved = lab.orch({"profile", "save", profile, "pgo.toml", "--variant", "pgo", "--train"});
  CAPTURE(saved.err);
  CHECK(saved.status == 0);
  CHECK(fit(lab).at("by_hash") == 1.0);
  check_all_ok(lab.built());
}

TEST_CASE("an instrumented build says the same of a saved profile as the build that uses it") {
  Lab lab;
  train_and_save(lab);
  set_versions(lab, "0.3.0", "1.1.0");
  replace_in(lab, "src/main.rs", "n /= 10;",
             "n /= 10;\n            if digits == 1_000_000 {\n                eprintln!(\"{digits}\");\n     "
             "       }");
  const Json used = fit(lab), instrumented = fit(lab, 0, {"--check-profile"});
  CHECK(instrumented.at("basis") == "an instrumented build");
  CHECK(instrumented.at("by_hash") < 1.0);
  for (const char* key : {"by_name", "by_hash", "lost", "crates"})
    CHECK(instrumented.at(key) == used.at(key));
  check_all_ok(lab.built());
}

TEST_CASE("save takes the latest training only while sources, settings and inputs are those of today") {
  Lab lab;
  lab.file("dep/src/lib.rs", lib).file("src/main.rs", program);
  lab.file("pgo.toml", package_project + with_pgo);
  set_versions(lab, "0.1.0", "1.0.0");
  const auto save = [&] { return lab.orch({"profile", "save", profile}); };
  const auto refused = [&](const std::string& why) {
    const auto ended = save();
    CAPTURE(why);
    CAPTURE(ended.err);
    CHECK(ended.status != 0);
    CHECK(contains(ended.err, why + ". Run `pgo-orch run` first, or add --train"));
  };
  refused("no run has trained it yet");
  CHECK(!fs::exists(lab.root() / profile));
  check_all_ok(lab.built());
  lab.commit();
  REQUIRE(save().status == 0);
  const Json beside = Json::parse(read(lab.root() / "pgo/release.profdata.json"));
  CHECK(beside.at("variant") == "pgo");
  CHECK(beside.at("rustc") == row(lab.built(), "pgo").at("toolchain"));
  CHECK(beside.at("crates").size() == 2);
  CHECK(beside.at("workloads").at(0).at("name") == "chains");
  CHECK(beside.at("functions") > 3);
  CHECK(beside.at("revision").at("modified") == false);
  CHECK(contains(lab.git({"rev-parse", "HEAD"}).out, beside.at("revision").at("git").get<std::string>()));

  replace_in(lab, "dep/src/lib.rs", "length += 1;", "length += 2;");
  refused("sources have changed since it was trained");
  lab.file("dep/src/lib.rs", lib);
  REQUIRE(save().status == 0);
  lab.file("pgo.toml", package_project + with_pgo + "lto = \"fat\"\n");
  refused("settings, flags or tools are not those that it was trained with");
  lab.file("pgo.toml",
           project_of("manifest = \"Cargo.toml\"", "name = \"chains\"\nargs = [\"4000\"]") + with_pgo);
  refused("inputs of the training have changed");
}

TEST_CASE("the commands of the guide on profiles in a repository do what it says") {
  const std::string guide = read(fs::path(PGO_ORCH_SOURCE_DIR) / "docs/pgo-guide.md");
  const auto begin = guide.find("## A profile in the repository\n"), end = guide.find("\n## ", begin + 1);
  REQUIRE(begin != std::string::npos);
  std::istringstream lines(guide.substr(begin, end - begin));
  const std::string tuned = package_project + "[[variant]]\nname = \"tuned\"\ncodegen-units = 1\n";
  Lab lab;
  lab.file("dep/src/lib.rs", lib).file("src/main.rs", program);
  lab.file("pgo.toml", tuned + "[[variant]]\nname = \"pgo\"\ninherits = \"tuned\"\npgo = true\n");
  set_versions(lab, "0.1.0", "1.0.0");
  int ran = 0;
  std::string block, toml;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("```")) {
      if (block == "toml") lab.file("pgo.toml", tuned + toml);
      block = block.empty() ? line.substr(3) : "";
    } else if (block == "toml") {
      toml += line + "\n";
    } else if (block == "sh") {
      CAPTURE(line);
      auto words = pgo_orch::toolchains::split_shell_words(line);
      REQUIRE(words.front() == "pgo-orch");
      words.erase(words.begin());
      const auto ended = lab.orch(words);
      CAPTURE(ended.err);
      CHECK(ended.status == 0);
      ++ran;
    }
  }
  CHECK(ran == 4);
  CHECK(fs::exists(lab.root() / "pgo/release.profdata.json"));
  CHECK(contains(lab.orch({"profile", "status"}).out, "100 % by name and hash"));
}

TEST_CASE("a profile that cannot have an effect is refused, with its reason, before anything is built") {
  Lab lab;
  train_and_save(lab);
  const fs::path file = lab.root() / profile, beside = lab.root() / "pgo/release.profdata.json";
  const std::string good = read(file), origin = read(beside);
  const auto reason = [&] {
    fs::remove_all(lab.state());
    const auto ended = lab.orch({"run", "--no-measure"});
    CHECK(ended.status == 2);
    CHECK(nothing_was_built(lab));
    CHECK(contains(ended.err, "variant 'pgo': the profile " + file.string()));
    CHECK(contains(ended.err, "pgo-orch profile save pgo/release.profdata pgo.toml --variant pgo --train"));
    return ended.err;
  };
  const auto damaged = [&](const std::string& text) {
    lab.file(profile, text);
    return reason();
  };
  CHECK(contains(damaged(""), "is empty"));
  CHECK(contains(damaged("random bytes, not of LLVM"), "is not a profile that `llvm-profdata merge` wrote"));
  CHECK(contains(damaged(good.substr(0, good.size() / 2)), "cannot be read by "));
  CHECK(contains(damaged(std::string("\x81rforpl\xff", 8) + good), "is a raw profile"));
  std::string other_format = good;
  other_format[8] = 99;  // the version of the format
  CHECK(contains(damaged(other_format), "unsupported instrumentation profile format version"));
  fs::remove(file);
  CHECK(contains(reason(), "is not there"));

  const auto from_elsewhere = [&](const std::string& from, const std::string& to) {
    lab.file(profile, good).file("pgo/release.profdata.json", origin);
    replace_in(lab, "pgo/release.profdata.json", from, to);
    return reason();
  };
  CHECK(contains(from_elsewhere("\"x86_64-", "\"riscv64gc-"), "was trained for riscv64gc-"));
  CHECK(contains(from_elsewhere("\"rustc\": \"1.", "\"rustc\": \"0."), "was trained with rustc 0."));
  CHECK(contains(from_elsewhere("\"sha256\": \"", "\"sha256\": \"0"),
                 "is not the one that release.profdata.json"));
  CHECK(contains(from_elsewhere("\"settings\": {}", "\"settings\": {\"lto\": \"fat\"}"),
                 "it was trained with lto = \"fat\", and this variant has no lto"));
  lab.file("pgo/release.profdata.json", origin.substr(0, 100));
  fs::remove_all(lab.state());
  const auto ended = lab.orch({"run", "--no-measure"});
  CHECK(ended.status == 2);
  CHECK(contains(ended.err, "it is not a record that `pgo-orch profile save` wrote"));
}
