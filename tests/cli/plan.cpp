// What `plan` says of a run, as text.

#include <doctest/doctest.h>

#include <regex>
#include <sstream>

#include "test.h"

using namespace pgo_orch::cli;

TEST_CASE("a plan runs no wrapper of the project, and says that cargo asks its compiler") {
  Test test;
  test.file("fib.rs", "print 1").file("pgo.toml", fib);
  test.script("own", "echo > ran\n").script("wrapper", "echo > ran\n");
  test.file(".cargo/config.toml", "[build]\nrustc = \"./own\"\nrustc-wrapper = \"./wrapper\"\n");
  // Where lines end depends on how long the name of the test's folder is.
  const auto plan = std::regex_replace(test.run({"plan"}).out, std::regex("\n +"), " ");
  CHECK(contains(plan, "(build.rustc)"));
  CHECK(contains(plan, "(build.rustc-wrapper) is overridden"));
  CHECK(!std::filesystem::exists(test.path("ran")));
}

TEST_CASE("the plan says all that a run will do, in lines of a page") {
  Test test;
  test.file("Cargo.toml", "[package]\nname = \"fib\"\n[profile.release]\nopt-level = 1\n");
  test.file("src/main.rs", "print 1").file("Cargo.lock", "");
  test.file("pgo.toml", R"([project]
manifest = "Cargo.toml"
[[workload]]
name = "fib"
args = ["35"]
runs = 3
[[workload]]
name = "trained"
args = ["36"]
role = "train"
weight = 2
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
lto = "fat"
only-if = { of = "run", workload = "fib", phase = "compute", above = "2ms" }
[build]
runs = 3
scenarios = ["full", "incr-full", "incr-unchanged"]
phases = true
[measure]
layout-check = true
[[reference]]
name = "c"
build = ["cc", "fib.c", "-o", "{output}"]
run = ["{output}"]
[[goal]]
name = "start"
metric = "startup"
workload = "fib"
variant = "pgo"
below = "1ms"
[[inspect]]
symbols = ["fib::*"]
allocations = true
)");
  const auto result = test.run({"plan"});
  CHECK(result.err == "");
  const auto plan = test.normal(result.out);
  for (const char* part :
       {"\ndefault    opt-level = 1 (Cargo.toml (profile.release))\n",
        "\n  only if compute of the baseline's run in 'fib' takes more than TIME\n",
        "\n  rustflags of the instrumented build instead of the last ones:\n    -Cprofile-generate=PROJECT",
        "\n    # train fib, 3 times\n",
        "--weighted-input=2,PROJECT/.pgo-orch/variants/pgo/profiles/raw/trained",
        "\n    # strip\n    TEST/bin/llvm-strip-97 --strip-debug \\\n",
        "\ncheck      the output of each variant in 'fib' and 'trained'",
        "\nreference  'c': build it by cc fib.c", "\nbuild      3 clean builds of each variant",
        "for the scenarios incr-full and\n", "\nmeasure    'fib': at most",
        "with a second copy of the baseline", "linked in 5\n",
        "\nphases     trace runs of the baseline, the recommended variant, references and 'pgo' in",
        "those of the baseline also before other\n", "\nphases     build the baseline once more, observed",
        "\ninspect    the code of functions in every variant, and count its allocations",
        "\njudge      1 goal\n"}) {
    CAPTURE(part);
    CHECK(contains(plan, part));
  }
  const auto json = nlohmann::json::parse(test.run({"plan", "--json"}).out);
  Words whats;
  for (const auto& entry : json.at("then")) whats.push_back(entry.at("what"));
  CHECK(whats == Words{"check", "reference", "build", "build", "measure", "build", "phases", "phases",
                       "inspect", "judge"});
  std::istringstream lines(plan);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK((line.size() <= 100 || contains(line, "/.pgo-orch/")));
  }
}
