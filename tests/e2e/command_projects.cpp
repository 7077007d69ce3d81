// Build commands of the project's own, with the real rustc, gcc and clang behind them.

#include "lab.h"
#include "toolchains/elf.h"

using namespace e2e;

namespace {

/// A compiler of a small language, which writes Rust and says how long its own phases took.
const std::string compiler = R"(set -eu
printf '{"phase": "read", "seconds": 0.001}\n{"phase": "rewrite", "seconds": 0.002}\n' >>"$PGO_ORCH_PHASES"
sed 's/^func /fn /' "$1" >"$PGO_ORCH_TMP/chains.rs"
rustc --edition 2021 "$PGO_ORCH_TMP/chains.rs" -o "$3"
)";

std::string in_the_language() {
  std::string text = chains;
  for (auto at = text.find("\nfn "); at != std::string::npos; at = text.find("\nfn ", at + 1))
    text.replace(at, 4, "\nfunc ");
  return text;
}

std::string project(const std::string& command, const std::string& phases = "false") {
  return "[project]\ncommand = " + command + "\n[build]\nphases = " + phases + R"(
[measure]
max-time = "200ms"
phases = false
[[workload]]
name = "chains"
args = ["3000"]
expect = { stdout = "218014\n" }
[[variant]]
name = "baseline"
)";
}

Lab with_compiler(const std::string& phases = "false") {
  Lab lab;
  lab.script("compile", compiler).file("chains.x", in_the_language());
  return lab.file("pgo.toml", project(R"(["./compile", "chains.x", "-o", "{output}"])", phases));
}

const std::string chains_c = R"(#include <stdio.h>
#include <stdlib.h>

static unsigned long chain(unsigned long n) {
  unsigned long length = 1;
  for (; n != 1; ++length) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
  return length;
}

__attribute__((noinline)) unsigned long total(unsigned long below) {
  unsigned long sum = 0;
  for (unsigned long n = 1; n < below; ++n) sum += chain(n);
  return sum;
}

int main(int argc, char** argv) {
  printf("%lu\n", total(argc > 1 ? strtoul(argv[1], NULL, 10) : 10));
  return 0;
}
)";

bool has_symbols(const Json& results, const std::string& variant) {
  return !pgo_orch::toolchains::function_symbols(executable(results, variant)).empty();
}

/// As is proved of programs that cargo did not build.
void check_proved_by_names(const Json& results, const std::string& variant) {
  const Json pgo = row(results, variant).at("pgo");
  REQUIRE(pgo.is_object());
  CAPTURE(pgo.dump(1));
  CHECK(pgo.at("coverage") == 1.0);
  CHECK(pgo.at("functions_matched") > 0);
  CHECK(pgo.at("basis") == "names only");
}

/// The names of phases and of their parts.
std::vector<std::string> names_of(const Json& phases) {
  std::vector<std::string> names;
  for (const auto& phase : phases) {
    names.push_back(phase.at("name"));
    for (const auto& part : phase.at("parts")) names.push_back(part.at("name"));
  }
  return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

TEST_CASE("a compiler that writes Rust gives rustc each variant's settings, and pgo is proved") {
  Lab lab = with_compiler();
  lab.file("pgo.toml", read(lab.root() / "pgo.toml") + R"([[variant]]
name = "o3"
opt-level = 3
[[variant]]
name = "thin"
inherits = "o3"
lto = "thin"
strip = true
[[variant]]
name = "pgo"
inherits = "o3"
panic = "abort"
strip = true
pgo = true
)");
  const std::string before = lab.digest();
  const Json results = lab.built();
  CHECK(lab.digest() == before);
  check_all_ok(results);
  check_proved_by_names(results, "pgo");
  CHECK(has_symbols(results, "o3"));
  CHECK_FALSE(has_symbols(results, "thin"));
  CHECK_FALSE(has_symbols(results, "pgo"));
  CHECK(code(results, "o3") != code(results, "baseline"));
  CHECK(code(results, "thin") != code(results, "o3"));
  for (const char* variant : {"baseline", "o3", "thin", "pgo"}) {
    CAPTURE(variant);
    CHECK(lab.run({executable(results, variant), "97"}).out ==
          lab.run({executable(results, "baseline"), "97"}).out);
    CHECK(row(results, variant).at("build").at("wall_s") > 0.0);
  }
}

TEST_CASE("the shell script of a command project builds the same code as a run") {
  Lab lab = with_compiler();
  lab.file("pgo.toml", read(lab.root() / "pgo.toml") + R"([[variant]]
name = "small"
opt-level = "s"
strip = true
[[variant]]
name = "pgo"
opt-level = 3
pgo = true
)");
  const Json results = lab.built();
  check_all_ok(results);
  fs::remove_all(lab.state());
  lab.file("plan.sh", lab.orch({"plan", "--format", "sh"}).out);
  const auto ended = lab.run({"sh", "plan.sh"});
  CAPTURE(ended.err);
  REQUIRE(ended.status == 0);
  for (const std::string variant : {"baseline", "small", "pgo"}) {
    CAPTURE(variant);
    CHECK(pgo_orch::toolchains::code_sha256(lab.variant(variant) / "bin/chains") == code(results, variant));
  }
}

TEST_CASE(
    "a command that has cargo build with a profile of its own gets the variant's settings all the same") {
  Lab lab;
  lab.file("Cargo.toml", R"([package]
name = "chains"
version = "0.1.0"
edition = "2021"
[profile.dist]
inherits = "release"
opt-level = 1
)");
  lab.file("src/main.rs", chains);
  lab.script("build", R"(cargo build --offline --profile dist --target-dir "$PGO_ORCH_TMP/target"
cp "$PGO_ORCH_TMP/target/dist/chains" "$1"
)");
  lab.file("pgo.toml", project(R"(["./build", "{output}"])") + R"([[variant]]
name = "o1"
opt-level = 1
[[variant]]
name = "o3"
opt-level = 3
)");
  const Json results = lab.built();
  check_all_ok(results);
  CHECK(code(results, "o1") == code(results, "baseline"));
  CHECK(code(results, "o3") != code(results, "baseline"));
  fs::remove_all(lab.state());
  lab.file("plan.sh", lab.orch({"plan", "--format", "sh"}).out);
  REQUIRE(lab.run({"sh", "plan.sh"}).status == 0);
  CHECK(pgo_orch::toolchains::code_sha256(executable(results, "o3")) == code(results, "o3"));
}

TEST_CASE("a C program is built by cc with the flags of C, and pgo goes through clang of rustc's LLVM") {
  Lab lab;
  lab.file("chains.c", chains_c)
      .file("pgo.toml", project(R"(["cc", "chains.c", "-o", "{output}"])") + R"([[variant]]
name = "small"
opt-level = "s"
strip = true
[[variant]]
name = "pgo"
opt-level = 2
strip = true
pgo = true
)");
  const std::string plan = lab.orch({"plan"}).out;
  const bool instruments = !contains(plan, "C and C++ are built without pgo");
  const Json results = lab.built(instruments ? 0 : 1);
  CHECK(state(results, "small") == "ok");
  CHECK(code(results, "small") != code(results, "baseline"));
  CHECK(has_symbols(results, "baseline"));
  CHECK_FALSE(has_symbols(results, "small"));
  if (!instruments) {
    MESSAGE("skipped: there is no clang of rustc's LLVM with a profile runtime");
    CHECK(contains(state(results, "pgo"), "C and C++ are built without pgo"));
    return;
  }
  check_all_ok(results);
  check_proved_by_names(results, "pgo");
  CHECK_FALSE(has_symbols(results, "pgo"));
}

TEST_CASE("the phases of a build are those of rustc, and those that the compiler reports of itself") {
  const Lab lab = with_compiler("true");
  const Json results = lab.results();
  check_all_ok(results);
  const Json build = results.at("phases").at("build").at(0);
  CHECK(build.at("variant") == "baseline");
  CHECK(build.at("unavailable") == "");
  const auto names = names_of(build.at("phases"));
  for (const char* name : {"frontend", "codegen", "link", "own", "read", "rewrite"}) {
    CAPTURE(name);
    CHECK(has(names, name));
  }
  double sum = 0;
  for (const auto& phase : build.at("phases")) {
    sum += phase.at("seconds").get<double>();
    for (const auto& part : phase.at("parts")) {
      if (part.at("name") == "read") CHECK(part.at("seconds") == 0.001);
      if (part.at("name") == "rewrite") CHECK(part.at("seconds") == 0.002);
    }
  }
  CHECK(sum == doctest::Approx(build.at("wall_s").get<double>()).epsilon(0.001));
  CHECK(row(results, "baseline").at("build").at("phases") == build.at("phases"));
}
