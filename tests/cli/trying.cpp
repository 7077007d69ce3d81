// `try` and `init`: a Cargo project without pgo.toml.

#include <doctest/doctest.h>

#include <fstream>
#include <regex>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

Test& package(Test& test, const std::string& main = "print-args") {
  return test.file("Cargo.toml", "[package]\nname = \"tool\"\n")
      .file("Cargo.lock", "")
      .file("src/main.rs", main);
}

/// Long enough for a few rounds: what comes of them does not matter here.
Result quickly(const Test& test, Words arguments, Words program) {
  Words words{"try", "--max-time", "20ms"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.emplace_back("--");
  words.insert(words.end(), program.begin(), program.end());
  return test.run(words);
}

/// What lies in the project's folder.
std::set<std::string> tree(const Test& test) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(test.path()))
    if (const auto name = entry.path().lexically_relative(test.path()); *name.begin() != ".pgo-orch")
      names.insert(name.string());
  return names;
}

constexpr const char* tried = ".pgo-orch/try/pgo.toml";

}  // namespace

TEST_CASE("try compares baseline, tuned and PGO with one command line, and writes to the state folder only") {
  Test test;
  package(test);
  const auto before = tree(test);
  const auto result = quickly(test, {}, {"--count", "", "it's $HOME"});
  CHECK(result.code == 0);
  CHECK(tree(test) == before);
  CHECK(test.builds().size() == 4);
  for (const char* variant : {"baseline", "tuned", "pgo"}) CHECK(test.reason(variant) == "ok: ");
  for (const auto& run : test.calls("program"))
    CHECK(Words(run.args.begin() + 1, run.args.end()) == Words{"--count", "", "it's $HOME"});
  CHECK(contains(result.out, "'pgo' was trained on what is timed here ('main')"));
  CHECK(contains(result.out, "keep this setup:   cp .pgo-orch/try/pgo.toml pgo.toml\n"));
  CHECK(test.results().at("run").at("command") == "try");
  CHECK(test.results().at("outputs") ==
        nlohmann::json::parse(R"([{"workload": "main", "compared": "exactly"}])"));
}

TEST_CASE("the pgo.toml of a try works as the project's own, and builds nothing again") {
  Test test;
  package(test);
  REQUIRE(quickly(test, {}, {"a"}).code == 0);
  test.file("pgo.toml", test.read(tried)).forget_calls();
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  for (const auto& build : test.results().at("variants")) CHECK(build.at("build").at("stored") == true);
  CHECK(test.row("pgo").at("pgo").at("training_reused") == true);
  const auto again = quickly(test, {}, {"a"});
  CHECK(again.code == 2);
  CHECK(contains(again.err, "`pgo-orch run` compares what it lists"));
}

TEST_CASE("what is held out is timed, and the rest only trains") {
  Test test;
  package(test, "print-args\nprint-stdin").file("in.txt", "for training\n").file("other.txt", "held out\n");
  REQUIRE(quickly(test,
                  {"--held-out", "--big 'two words'", "--stdin", "in.txt", "--held-out-stdin", "other.txt"},
                  {"--small"})
              .code == 0);
  for (const auto& run : test.calls("program")) {
    const Words given(run.args.begin() + 1, run.args.end());
    CHECK((given == Words{"--small"} || given == Words{"--big", "two words"}));
  }
  const auto& benchmarks = test.results().at("benchmarks");
  REQUIRE(benchmarks.size() == 1);
  CHECK(benchmarks.at(0).at("workload") == "held-out");
  const auto text = test.read(tried);
  CHECK(contains(text, "args = [\"--small\"]\nstdin = \"in.txt\"\n"));
  CHECK(contains(text, "args = [\"--big\", \"two words\"]\nstdin = \"other.txt\"\n"));

  const auto same = quickly(test, {"--held-out", "--small"}, {"--small"});
  CHECK(same.code == 2);
  CHECK(contains(same.err, "what is held out is the same as what trains"));
  const auto open_quote = quickly(test, {"--held-out", "'a"}, {"b"});
  CHECK(open_quote.code == 2);
  CHECK(contains(open_quote.err, "--held-out 'a: "));
  CHECK(contains(quickly(test, {"--stdin", "none.txt"}, {}).err, "--stdin none.txt: file not found"));
  CHECK(contains(quickly(test, {"--stdin", "-"}, {}).err, "--stdin -: give a file: every run reads it"));
}

TEST_CASE("a try compares as much of the output as is the same from run to run, and says so") {
  Test test;
  package(test, "print-time");
  REQUIRE(quickly(test, {}, {}).code == 0);
  CHECK(test.results().at("outputs").at(0).at("compared") == "exit-code");
  CHECK(test.has_note("its output differs from run to run"));
  CHECK(contains(test.run({"report"}).out,
                 "\n- 'main' prints something else in each run, so its output was not compared"));
  CHECK(contains(test.read(tried), "expect = { stdout-any = true }\n"));

  Test turns;
  package(turns, "print-turns " + turns.outside("turn").string());
  REQUIRE(quickly(turns, {}, {}).code == 0);
  CHECK(turns.results().at("outputs").at(0).at("compared") == "sorted");
  CHECK(turns.has_note("the order of its lines differs from run to run"));
  CHECK(contains(turns.read(tried), "expect = { stdout-sorted = true }\n"));
}

TEST_CASE("a program that prints its own path can be tried") {
  Test test;
  package(test, "print-path");
  REQUIRE(quickly(test, {}, {}).code == 0);
  CHECK(test.results().at("outputs").at(0).at("compared") == "exit-code");
  CHECK(test.reason("pgo") == "ok: ");
}

TEST_CASE("a try that measures longer than --max-time says how long at least") {
  Test test;
  package(test, "sleep 400");
  const auto result = quickly(test, {}, {});
  CHECK(result.code == 0);
  CHECK(!contains(result.err, "up to 0 s of measuring"));
  CHECK(std::regex_search(result.err, std::regex("then up to ([7-9]|[1-9][0-9]) s of measuring")));
}

TEST_CASE("a try that ends with another exit code says how to accept it") {
  Test test;
  package(test, "complain no such pattern\nexit 1");
  const auto refused = quickly(test, {}, {"x"});
  CHECK(refused.code == 1);
  CHECK(contains(refused.out, "exit code 1, expected 0; if that is right, add --exit-code N"));
  CHECK(contains(refused.out, "no such pattern"));
  CHECK(quickly(test, {"--exit-code", "1"}, {"x"}).code == 0);
  CHECK(contains(test.read(tried), "expect = { exit-code = 1 }\n"));
  CHECK(quickly(test, {"--exit-code", "x"}, {}).code == 2);
}

TEST_CASE("a try takes the program that is named as its package, or asks for one") {
  Test test;
  test.file("Cargo.toml", "[package]\nname = \"tool\"\n[[bin]]\nname = \"other\"\n[[bin]]\nname = \"tool\"\n")
      .file("Cargo.lock", "")
      .file("src/bin/tool.rs", "print tool")
      .file("src/bin/other.rs", "print other");
  REQUIRE(quickly(test, {}, {}).code == 0);
  CHECK(contains(test.read(tried), "bin = \"tool\"\n# other programs: other\n"));
  REQUIRE(quickly(test, {"--bin", "other"}, {}).code == 0);
  CHECK(contains(test.read(tried), "bin = \"other\"\n"));
  const auto unknown = quickly(test, {"--bin", "othr"}, {});
  CHECK(unknown.code == 2);
  CHECK(contains(unknown.err, "--bin othr: not found in this project (did you mean 'other'?)"));
  CHECK(contains(quickly(test, {"--package", "tol"}, {}).err, "--package tol: unknown package"));

  test.file("Cargo.toml", "[package]\nname = \"x\"\n[[bin]]\nname = \"other\"\n[[bin]]\nname = \"tool\"\n");
  CHECK(
      contains(quickly(test, {}, {}).err, "this project has 2 programs: choose one with --bin: other, tool"));
}

TEST_CASE("a try from a folder below runs the program there") {
  Test test;
  package(test).file("data/in.txt", "x");
  REQUIRE(test.run_program("/bin/sh",
                           {"-c", "cd data && exec " PGO_ORCH " try --max-time 20ms --stdin in.txt -- a"})
              .code == 0);
  const auto text = test.read(tried);
  CHECK(contains(text, "stdin = \"data/in.txt\"\ncwd = \"data\"\n"));
}

TEST_CASE("a try without a Cargo project, or with an option of the program's in front, says what to do") {
  Test test;
  const auto nothing = test.run({"try", "--", "a"});
  CHECK(nothing.code == 2);
  CHECK(contains(nothing.err, "no Cargo.toml in "));
  package(test);
  CHECK(contains(test.run({"try", "--count", "a"}).err,
                 "unknown option '--count': write -- before the program's own arguments"));
}

TEST_CASE("a run without pgo.toml names init and try, or the pgo.toml of a folder above") {
  Test test;
  const auto result = test.run({"run"});
  CHECK(result.code == 2);
  CHECK(contains(result.err, "`pgo-orch init` writes one"));
  CHECK(contains(result.err, "`pgo-orch try -- ARGUMENTS`"));
  test.file("pgo.toml", fib).file("src/deep/x", "");
  CHECK(contains(test.run_program("/bin/sh", {"-c", "cd src/deep && exec " PGO_ORCH " plan"}).err,
                 "error: pgo.toml was not found here: did you mean ../../pgo.toml?"));
}

TEST_CASE("init writes a pgo.toml that runs, with what it found, and never over another") {
  Test test;
  test.file("Cargo.toml",
            "[package]\nname = \"tool\"\n\n[profile.release]\nlto = true\n\n[profile.dist]\ninherits = "
            "\"release\"\n")
      .file("Cargo.lock", "")
      .file("src/main.rs", "print-args")
      .file(".cargo/config.toml", "[build]\nrustflags = [\"-Cforce-frame-pointers=yes\"]\n")
      .file("tests/data/big\nname.txt", std::string(5000, 'x'))
      .file("tests/cases.rs", std::string(5000, 'x'));
  const auto result = test.run({"init"});
  REQUIRE(result.code == 0);
  CHECK(result.out ==
        "pgo.toml: baseline, tuned and pgo of tool\n"
        "next: put real arguments into its two workloads, then pgo-orch run\n");
  const auto text = test.read("pgo.toml");
  for (const char* part :
       {"# - Cargo.toml has [profile.release]: lto = true\n", "profile = \"dist\" in [project]",
        "rustflags: -Cforce-frame-pointers=yes", "tests/data/big", "(4.88 KiB)\n",
        "Replace the arguments below", "role = \"train\"", "role = \"measure\""})
    CHECK(contains(text, part));
  CHECK_FALSE(contains(text, "cases.rs"));
  CHECK(test.run({"run", "--no-measure"}).code == 0);

  const auto again = test.run({"init", "--", "x"});
  CHECK(again.code == 2);
  CHECK(contains(again.err, "pgo.toml is there already: it is left as it is"));
  CHECK(test.read("pgo.toml") == text);
}

TEST_CASE("init with a command line writes that one, and asks for nothing more") {
  Test test;
  package(test).file("Cargo.toml",
                     "[package]\nname = \"tool\"\n\n[features]\nx = []\ny = []\n\n[profile.dist]\n"
                     "inherits = \"release\"\n");
  const auto result =
      test.run({"init", "--held-out", "b", "--features", "x,y", "--profile", "dist", "--", "a"});
  CHECK(result.out == "pgo.toml: baseline, tuned and pgo of tool\nnext: pgo-orch run\n");
  const auto text = test.read("pgo.toml");
  for (const char* part :
       {"features = [\"x\", \"y\"]\n", "profile = \"dist\"\n", "args = [\"a\"]\n", "args = [\"b\"]\n"})
    CHECK(contains(text, part));
  CHECK(test.run({"plan"}).code == 0);
}

TEST_CASE("init and try refuse features and profiles that cargo does not know, before anything is built") {
  Test test;
  package(test).file("Cargo.toml", "[package]\nname = \"tool\"\n\n[features]\nsimd = []\n");
  for (const char* command : {"init", "try"}) {
    const auto feature = test.run({command, "--features", "simdd,dep/x", "--", "a"});
    CHECK(feature.code == 2);
    CHECK(contains(feature.err, "--features simdd: package tool has no such feature (did you mean 'simd'?)"));
    const auto profile = test.run({command, "--features", "default dep/x", "--profile", "dist", "--", "a"});
    CHECK(profile.code == 2);
    CHECK(contains(profile.err, "--profile dist: cargo knows no profile 'dist': add [profile.dist]"));
  }
  CHECK(test.builds().empty());
}

TEST_CASE("nothing to hold out but an empty command line is a command line, too") {
  Test test;
  package(test);
  REQUIRE(quickly(test, {"--held-out", ""}, {"a"}).code == 0);
  CHECK(test.results().at("benchmarks").at(0).at("workload") == "held-out");
  std::size_t without = 0;
  for (const auto& run : test.calls("program")) without += run.args.size() == 1 ? 1 : 0;
  CHECK(without > 3);
}

TEST_CASE("what pgo.toml cannot hold is refused with the argument's place") {
  Test test;
  package(test);
  const auto refused = quickly(test, {}, {"a", "b\xff"});
  CHECK(refused.code == 2);
  CHECK(contains(refused.err, "argument 2 of the program is not UTF-8"));
  CHECK_FALSE(contains(refused.err, "pgo.toml:"));
  CHECK(contains(quickly(test, {"--held-out", "\xff"}, {"a"}).err, "is not UTF-8"));
}

TEST_CASE("a try whose runs take long says how to allow more") {
  Test test;
  package(test, "sleep 700");
  const auto refused = quickly(test, {"--timeout", "200ms"}, {});
  CHECK(refused.code == 1);
  CHECK(contains(refused.out, "allow more, e.g. --timeout 5m, or give it less to do"));
  CHECK(contains(test.read(tried), "timeout = \"200ms\"\n"));
  CHECK(contains(quickly(test, {"--timeout", "soon"}, {}).err, "--timeout soon: give a time"));
}

TEST_CASE("init without a command line keeps the options about runs") {
  Test test;
  package(test);
  REQUIRE(test.run({"init", "--exit-code", "3", "--timeout", "2m"}).code == 0);
  const auto text = test.read("pgo.toml");
  for (const char* part :
       {"args = [\"--help\"]\ntimeout = \"2m\"\nexpect = { exit-code = 3 }\n\n[[workload]]",
        "args = [\"--help\"]\ntimeout = \"2m\"\nexpect = { exit-code = 3 }\n\n[[variant]]"})
    CHECK(contains(text, part));
}

TEST_CASE("a try with a state folder of its own names it for what comes next") {
  Test test;
  package(test);
  REQUIRE(quickly(test, {"--state-dir", "its own"}, {}).code == 0);
  CHECK(std::filesystem::exists(test.path("its own/try/pgo.toml")));
  CHECK_FALSE(std::filesystem::exists(test.path(".pgo-orch")));
}
