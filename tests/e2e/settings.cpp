// Settings that are flags, or reach one package only, change what they should and nothing else.

#include "lab.h"
#include "toolchains/elf.h"

using namespace e2e;
using pgo_orch::toolchains::elf_info;

TEST_CASE("crt-static and relocation models make the executables they name") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "static-pie"
crt-static = true
[[variant]]
name = "plain"
inherits = "static-pie"
relocation-model = "static"
[[variant]]
name = "fixed"
relocation-model = "static"
pgo = true
[[variant]]
name = "pgo"
inherits = "static-pie"
pgo = true
)");
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "pgo");
  check_proved(results, "fixed");
  const auto info = [&](const char* variant) { return elf_info(executable(results, variant)); };
  CHECK(info("baseline").interpreter != "");
  CHECK(info("baseline").is_pie);
  CHECK(info("static-pie").interpreter == "");
  CHECK(info("static-pie").is_pie);
  CHECK(info("plain").interpreter == "");
  CHECK_FALSE(info("plain").is_pie);
  CHECK(info("fixed").interpreter != "");
  CHECK_FALSE(info("fixed").is_pie);
  CHECK(info("pgo").interpreter == "");
}

TEST_CASE("a proc macro does not stand in the way of crt-static") {
  Lab lab;
  lab.file("Cargo.toml",
           "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nmine = { "
           "path = \"mine\" }\n");
  lab.file("src/main.rs", "fn main() {\n    println!(\"{}\", mine::one!());\n}\n");
  lab.file("mine/Cargo.toml", package("mine", "[lib]\nproc-macro = true\n"));
  lab.file("mine/src/lib.rs", R"(
#[proc_macro]
pub fn one(_: proc_macro::TokenStream) -> proc_macro::TokenStream {
    "1".parse().unwrap()
}
)");
  lab.file("pgo.toml", R"([project]
manifest = "Cargo.toml"
[[workload]]
name = "one"
[[variant]]
name = "baseline"
[[variant]]
name = "static"
crt-static = true
pgo = true
)");
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "static");
  CHECK(elf_info(executable(results, "static")).interpreter == "");
  for (const auto& entry : fs::recursive_directory_iterator(lab.root()))
    CHECK(entry.path().extension() != ".profraw");
}

TEST_CASE("cfg target-features and link-args reach rustc and the linker") {
  Lab lab;
  lab.file("witness.rs", R"(
fn main() {
    println!("{} {} {}", cfg!(fast_path), cfg!(key = "a value"), cfg!(target_feature = "popcnt"));
}
)");
  lab.file("pgo.toml", R"([project]
source = "witness.rs"
[variant-defaults]
opt-level = 0
[[variant]]
name = "baseline"
[[variant]]
name = "all"
cfg = ["fast_path", "key=\"a value\""]
target-features = ["+popcnt", "+sse4.2"]
link-args = ["-Wl,--build-id=0x1234abcd"]
)");
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(lab.run({executable(results, "baseline")}).out == "false false false\n");
  CHECK(lab.run({executable(results, "all")}).out == "true true true\n");
  CHECK(elf_info(executable(results, "all")).build_id == "1234abcd");
}

TEST_CASE("settings of one package reach that package only") {
  Lab lab;
  lab.file("Cargo.toml",
           "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[dependencies]\nhelper = { "
           "path = \"helper\" }\n");
  lab.file("src/main.rs", "fn main() {\n    println!(\"{}\", helper::one(41));\n}\n");
  lab.file("helper/Cargo.toml", package("helper"));
  lab.file("helper/src/lib.rs", "#[inline(never)]\npub fn one(n: u32) -> u32 {\n    n + 1\n}\n");
  lab.file("pgo.toml", R"([project]
manifest = "Cargo.toml"
[[workload]]
name = "one"
[[variant]]
name = "baseline"
[[variant]]
name = "small-helper"
opt-level = 2
packages = { helper = { opt-level = "s", codegen-units = 1 } }
pgo = true
)");
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "small-helper");
  for (const std::string stage : {"instrumented", "optimized"}) {
    const std::string log = read(lab.variant("small-helper") / (stage + ".log"));
    const auto call = [&](const std::string& crate) {
      const auto at = log.find("--crate-name " + crate + " ");
      REQUIRE(at != std::string::npos);
      return log.substr(at, log.find('\n', at) - at);
    };
    CHECK(contains(call("helper"), "-C opt-level=s "));
    CHECK(contains(call("helper"), "-C codegen-units=1 "));
    CHECK(contains(call("app"), "-C opt-level=2 "));
    CHECK_FALSE(contains(call("app"), "codegen-units"));
  }
}

TEST_CASE("environments for builds and for runs") {
  Lab lab;
  lab.file("witness.rs", R"(
fn main() {
    println!("{:?} {:?}", option_env!("FOR_BUILD"), std::env::var("FOR_RUN").ok());
}
)");
  lab.file("pgo.toml", R"([project]
source = "witness.rs"
[[workload]]
name = "plain"
expect = { stdout-matches = "^(None None|Some\\(\"b\"\\) Some\\(\"r\"\\))\n$" }
[variant-defaults]
opt-level = 0
[[variant]]
name = "baseline"
[[variant]]
name = "both"
env = { FOR_BUILD = "b" }
run-env = { FOR_RUN = "r" }
)");
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(lab.run({executable(results, "both")}).out == "Some(\"b\") None\n");
}

TEST_CASE("a variant of another source is compared with the baseline") {
  Lab lab;
  lab.file("chains.rs", chains);
  std::string other = chains;
  other.replace(other.find("#[inline(never)]"), 16, "#[inline(always)]");
  lab.file("inlined.rs", other).file("pgo.toml", chains_project + R"(
[[variant]]
name = "inlined"
source = ["inlined.rs"]
[[variant]]
name = "inlined-pgo"
inherits = "inlined"
pgo = true
)");
  const Json results = lab.built();
  check_all_ok(results);
  check_proved(results, "inlined-pgo");
  CHECK(code(results, "inlined") != code(results, "baseline"));
  CHECK(read(lab.variant("inlined") / "src/chains.rs") == other);
}

TEST_CASE("variants of equal settings or equal code are built or measured once") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "again"
[[variant]]
name = "same-code"
cfg = ["nothing_asks_for"]
)");
  const Json results = lab.results();
  check_all_ok(results);
  CHECK(row(results, "again").at("identical_to") == "baseline");
  CHECK(row(results, "again").at("built_once") == true);
  CHECK_FALSE(fs::exists(lab.variant("again") / "bin"));
  CHECK(row(results, "same-code").at("identical_to") == "baseline");
  CHECK(row(results, "same-code").at("built_once") == false);
  CHECK(results.at("benchmarks").at(0).at("results").size() == 1);
}
