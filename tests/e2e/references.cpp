// Programs in other languages beside the variants, with the real gcc.

#include "lab.h"

using namespace e2e;

namespace {

const std::string fib_rs = R"(fn fib(n: u32) -> u64 { if n < 2 { n as u64 } else { fib(n - 1) + fib(n - 2) } }
fn main() { println!("{}", fib(std::env::args().nth(1).unwrap().parse().unwrap())); }
)";

const std::string fib_c = R"(#include <stdio.h>
#include <stdlib.h>
static unsigned long fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
int main(int argc, char** argv) { printf("%lu\n", fib((unsigned)atoi(argv[1]))); return 0; }
)";

const std::string project = R"([project]
source = "fib.rs"
[measure]
max-time = "1s"
[[workload]]
name = "fib"
args = ["20"]
[[variant]]
name = "baseline"
opt-level = 3
)";

Lab fib_project(const std::string& more) {
  Lab lab;
  lab.file("fib.rs", fib_rs).file("fib.c", fib_c).file("pgo.toml", project + more);
  return lab;
}

Json reference(const Json& results, const std::string& name) {
  for (const auto& each : results.at("references"))
    if (each.at("name") == name) return each;
  FAIL("there is no reference " << name);
  return {};
}

Json times_of(const Json& results, const std::string& name) {
  for (const auto& each : results.at("benchmarks").at(0).at("results"))
    if (each.value("reference", "") == name) return each;
  return {};
}

Json comparison(const Json& results, const std::string& name, const std::string& metric) {
  for (const auto& each : results.at("comparisons"))
    if (each.at("variant") == name && each.at("metric") == metric) return each;
  return {};
}

}  // namespace

TEST_CASE("a C program is built checked and timed beside the variants") {
  const Lab lab = fib_project(R"([[reference]]
name = "c"
build = ["gcc", "-O2", "fib.c", "-o", "{output}"]
run = ["{output}"]
)");
  const std::string before = lab.digest();
  const Json results = lab.results();
  CHECK(lab.digest() == before);
  const Json row = reference(results, "c");
  CHECK(row.at("status") == "ok");
  CHECK(row.at("of") == "run");
  CHECK(row.at("build").at("wall_s") > 0.0);
  CHECK(fs::exists(lab.state() / "references/c/bin/c"));
  CHECK(contains(read(lab.state() / "references/c/build.log"), "gcc -O2 fib.c -o "));
  const Json times = times_of(results, "c");
  REQUIRE(times.is_object());
  REQUIRE(times.at("times").size() >= 3);
  CHECK(times.at("times").size() == times.at("rounds").size());
  CHECK(times.at("times").size() == times.at("memory_usage_byte").size());
  CHECK(times.at("times").size() < results.at("benchmarks").at(0).at("rounds"));
  CHECK(contains(times.at("command"), "references/c/bin/c 20"));
  const Json runtime = comparison(results, "c", "runtime");
  REQUIRE(runtime.is_object());
  CHECK(runtime.at("to") == "baseline");
  CHECK(runtime.at("effect_pct").is_number());
  CHECK(runtime.at("flags").at(0) == "reference");
  CHECK(comparison(results, "c", "memory").is_object());
  CHECK_FALSE(contains(results.at("best").dump(), "\"c\""));
}

TEST_CASE("a build script of a reference may run a cargo of its own") {
  Lab lab = fib_project(R"([build]
timeout = "1m"
[[reference]]
name = "theirs"
build = ["cargo", "build", "--release", "--offline", "--manifest-path", "theirs/Cargo.toml"]
run = ["{tmp}/target/release/theirs"]
)");
  const auto package = [](const std::string& name) {
    return "[workspace]\n[package]\nname = \"" + name + "\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
  };
  lab.file("theirs/Cargo.toml", package("theirs")).file("theirs/src/main.rs", fib_rs);
  lab.file("theirs/helper/Cargo.toml", package("helper")).file("theirs/helper/src/main.rs", "fn main() {}");
  lab.file("theirs/build.rs", R"(use std::process::Command;
fn main() {
    let cargo = std::env::var("CARGO").unwrap();
    let built = Command::new(cargo).args(["build", "--offline"]).current_dir("helper").status().unwrap();
    assert!(built.success());
}
)");
  const Json results = lab.results();
  CAPTURE(results.dump(1));
  CHECK(reference(results, "theirs").at("status") == "ok");
}

TEST_CASE("what is wrong with a reference is in its row and the run ends well") {
  const Lab lab = fib_project(R"([[reference]]
name = "julia"
run = ["no-such-julia-here", "fib.jl"]
[[reference]]
name = "broken"
build = ["gcc", "missing.c", "-o", "{output}"]
run = ["{output}"]
[[reference]]
name = "liar"
run = ["echo", "42", "and"]
[[reference]]
name = "nothing made"
build = ["true"]
run = ["{output}"]
)");
  const Json results = lab.results();
  check_all_ok(results);
  CHECK(reference(results, "julia").at("status") == "skipped");
  CHECK(reference(results, "julia").at("reason") == "no-such-julia-here is not on the PATH");
  CHECK(reference(results, "broken").at("status") == "failed");
  CHECK(reference(results, "broken").at("reason") == "build: exit code 1");
  CHECK(contains(reference(results, "broken").at("failure").at("tail").dump(), "missing.c"));
  CHECK(reference(results, "liar").at("status") == "wrong-output");
  CHECK(reference(results, "liar").at("reason") ==
        "workload fib: line 1 is \"42 and 20\", expected \"6765\"");
  CHECK(contains(reference(results, "nothing made").at("reason"), "but there is no "));
  for (const char* name : {"julia", "broken", "liar", "nothing made"}) {
    CHECK(times_of(results, name).is_null());
    CHECK(comparison(results, name, "runtime").is_null());
  }
}

TEST_CASE("a foreign compiler's build is timed in the rounds of the variants' builds") {
  const Lab lab = fib_project(R"([build]
runs = 3
[[reference]]
name = "gcc"
of = "build"
build = ["sh", "-c", "test ! -e {output} && test -z \"$(ls {tmp})\" && touch {tmp}/used && gcc -O2 fib.c -o {output}"]
)");
  const Json results = lab.built();
  const Json row = reference(results, "gcc");
  CHECK(row.at("status") == "ok");
  CHECK(row.at("build").at("runs").size() == 3);
  const Json compared = comparison(results, "gcc", "build");
  REQUIRE(compared.is_object());
  CHECK(compared.at("to") == "baseline");
  CHECK(compared.at("rounds") == 3);
  CHECK(compared.at("basis") == "parametric");
}

TEST_CASE("a resumed run goes on with the reference that it has built and timed") {
  const Lab lab = fib_project(R"([[reference]]
name = "c"
build = ["gcc", "-O2", "fib.c", "-o", "{output}"]
run = ["{output}"]
)");
  const Json first = lab.results(0, {"--max-time", "300ms"});
  const auto built = fs::last_write_time(lab.state() / "references/c/bin/c");
  const Json second = lab.results(0, {"--resume", "--max-time", "2s"});
  CHECK(fs::last_write_time(lab.state() / "references/c/bin/c") == built);
  const Json before = times_of(first, "c").at("times"), after = times_of(second, "c").at("times");
  REQUIRE(after.size() > before.size());
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(after.at(i) == before.at(i));
  lab.results();
  CHECK(fs::last_write_time(lab.state() / "references/c/bin/c") != built);
}
