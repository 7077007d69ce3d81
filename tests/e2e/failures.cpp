// What fails is a row; the rest goes on.

#include "lab.h"

using namespace e2e;

TEST_CASE("a variant that does not compile is a row and the others go on") {
  Lab lab;
  lab.file("chains.rs", chains + "\n#[cfg(broken)]\ncompile_error!(\"broken on purpose\");\n");
  lab.file("pgo.toml", chains_project + R"(
[[variant]]
name = "broken"
cfg = ["broken"]
[[variant]]
name = "broken-pgo"
cfg = ["broken"]
pgo = true
[[variant]]
name = "size"
opt-level = "s"
)");
  const Json results = lab.results(1);
  CHECK(states(results) ==
        "baseline: ok\n"
        "broken: failed: build: exit code 101\n"
        "broken-pgo: failed: instrumented build: exit code 101\n"
        "size: ok\n");
  const Json failure = row(results, "broken").at("failure");
  CHECK(failure.at("stage") == "build");
  CHECK(failure.at("exit") == 101);
  CHECK(contains(failure.at("tail").dump(), "broken on purpose"));
  CHECK(contains(read(failure.at("log").get<std::string>()), "broken on purpose"));
  CHECK(results.at("benchmarks").at(0).at("results").size() == 2);
}

TEST_CASE("nothing else is built when the baseline does not compile") {
  Lab lab;
  lab.file("chains.rs", "fn main() { nonsense }\n")
      .file("pgo.toml", chains_project + "[[variant]]\nname = \"other\"\n");
  const Json results = lab.results(1);
  CHECK(states(results) ==
        "baseline: failed: build: exit code 101\n"
        "other: skipped: the baseline, 'baseline', did not pass\n");
  CHECK_FALSE(fs::exists(lab.variant("other")));
}

TEST_CASE("a variant that prints something else is never ranked") {
  Lab lab;
  std::string source = chains;
  source.replace(source.find("(1..below)"), 10, "(if cfg!(wrong) { 2 } else { 1 }..below)");
  lab.file("chains.rs", source).file("pgo.toml", chains_project + R"(
[[variant]]
name = "wrong"
cfg = ["wrong"]
[[variant]]
name = "size"
opt-level = "s"
)");
  const Json results = lab.results(1);
  CHECK(contains(state(results, "wrong"), "wrong-output: workload chains: line 1 is \""));
  CHECK(state(results, "size") == "ok");
  for (const auto& samples : results.at("benchmarks").at(0).at("results"))
    CHECK(samples.at("variant") != "wrong");
  CHECK_FALSE(contains(results.at("best").dump(), "wrong"));
}

TEST_CASE("a linker that is not there skips its variant") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"(
[[variant]]
name = "linked"
linker-driver = "no-such-compiler"
[[variant]]
name = "size"
opt-level = "s"
)");
  const Json results = lab.built();
  CHECK(contains(state(results, "linked"), "skipped: no linker driver 'no-such-compiler'"));
  CHECK(state(results, "size") == "ok");
}
