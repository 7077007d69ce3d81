// Projects with a build command of their own: what is run, when, and what must come of it.

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>

#include "command_project.h"

using namespace pgo_orch::cli;

TEST_CASE("a command that leaves no executable fails, and is told where to put it") {
  Test test;
  compiler(test, "rustc prog.x -o \"$PGO_ORCH_TMP/elsewhere\"").file("pgo.toml", by_script);
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("baseline") ==
        "failed: build: the command succeeded, but there is no file at "
        "PROJECT/.pgo-orch/variants/baseline/output/prog: it must write the executable to {output} (also "
        "in $PGO_ORCH_OUTPUT)");
  compiler(test, "cp prog.x \"$3\"");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("baseline") ==
        "failed: build: PROJECT/.pgo-orch/variants/baseline/output/prog is not executable");
}

TEST_CASE("an executable that an earlier build left does not stand for one that is missing") {
  Test test;
  calls_rustc(test).file("pgo.toml", by_script);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  compiler(test, "exit 0");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
}

TEST_CASE("a command that fails is a failed build, with what the compiler said") {
  Test test;
  compiler(test,
           "[ $PGO_ORCH_VARIANT = baseline ] || { echo 'prog.x:1: no such word: prnt' >&2; exit 3; }\n"
           "rustc \"$@\"");
  test.file("pgo.toml", by_script + fat);
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 1);
  CHECK(test.reason("baseline") == "ok: ");
  CHECK(test.reason("fat") == "failed: build: exit code 3");
  const auto failure = test.row("fat").at("failure");
  CHECK(failure.at("stage") == "build");
  CHECK(failure.at("exit") == 3);
  CHECK(failure.at("tail") == Words{"prog.x:1: no such word: prnt"});
  CHECK(test.normal(failure.at("command")) ==
        "cd PROJECT && PROJECT/compile prog.x -o PROJECT/.pgo-orch/variants/fat/output/prog");
  CHECK(failure.at("log") == test.path(".pgo-orch/variants/fat/plain.log").string());
  CHECK(contains(result.out, "prog.x:1: no such word: prnt"));
  CHECK(contains(test.normal(result.err), "[2/2] fat: build failed after TIME: build: exit code 3\n"));
}

TEST_CASE("a command knows its variant and stage, has an empty folder of its own, and its root") {
  Test test;
  compiler(test, R"(echo "$PGO_ORCH_VARIANT $PGO_ORCH_STAGE $PGO_ORCH_OUTPUT $PGO_ORCH_TMP" > seen
echo "$PWD $5 $6 ${LLVM_PROFILE_FILE-none} ${MAKEFLAGS-none} $MINE" >> seen
echo "$PGO_ORCH_TMP"/* >> seen
: > "$PGO_ORCH_TMP/left"
rustc "$1" -o "$3")");
  test.file("pgo.toml",
            command_project(R"(["./compile", "prog.x", "-o", "{output}", "-t", "{tmp}", "{root}/lib"])") +
                "env = { MINE = \"yes\" }\n");
  test.env("LLVM_PROFILE_FILE", "/nowhere/stray").env("MAKEFLAGS", "-j");
  for (int i = 0; i < 2; ++i) {
    CHECK(test.run({"run", "--no-measure"}).code == 0);
    CHECK(test.normal(test.read("seen")) ==
          "baseline plain PROJECT/.pgo-orch/variants/baseline/output/prog "
          "PROJECT/.pgo-orch/variants/baseline/tmp\n"
          "PROJECT PROJECT/.pgo-orch/variants/baseline/tmp PROJECT/lib none none yes\n"
          "PROJECT/.pgo-orch/variants/baseline/tmp/*\n");
  }
}

TEST_CASE("a variant may have another command, and inherits one") {
  Test test;
  compiler(calls_rustc(test), "rustc --cfg=other \"$@\"", "other");
  test.file("prog.x", "print 1\nif other complain other");
  test.file("pgo.toml", by_script + R"(
[[variant]]
name = "other"
command = ["./other", "prog.x", "-o", "{output}"]

[[variant]]
name = "other-fat"
inherits = "other"
lto = "fat"
)");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(builds_by(test, "rustc") == compiled("baseline") + "\n--cfg=other " + compiled("other") +
                                        "\n--cfg=other " + compiled("other-fat") + " -Clto=fat\n");
  CHECK(test.row("other").at("identical_to").is_null());
}

TEST_CASE("what is a default of cargo's is none of a command's: a variant that asks for it is built") {
  Test test;
  calls_rustc(test).file("pgo.toml", by_script + "\n[[variant]]\nname = \"o3\"\nopt-level = 3\n");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(builds_by(test, "rustc") == compiled("baseline") + "\n" + compiled("o3") + " -Copt-level=3\n");
  CHECK(test.row("o3").at("identical_to").is_null());
}

TEST_CASE("settings that mean nothing to a build command are refused by name") {
  CHECK(contains(complaint("features = [\"a\"]\n"),
                 "'features' does not apply to a build command: write cfg or another command = [...]"));
  CHECK(contains(complaint("default-features = false\n"), "'default-features' does not apply"));
  CHECK(contains(complaint("profile = \"dev\"\n"),
                 "'profile' does not apply to a build command: write opt-level, lto and so on"));
  CHECK(contains(complaint("incremental = true\n"),
                 "'incremental' does not apply to a build command: leave it"));
  CHECK(contains(complaint("target = \"x86_64-unknown-linux-musl\"\n"), "'target' does not apply"));
  CHECK(contains(complaint("packages = { a = { opt-level = 1 } }\n"), "'packages' does not apply"));
  CHECK(contains(complaint("source = \"prog.x\"\n"), "'source' does not apply"));
  CHECK(contains(complaint("patch = \"prog.x\"\n"), "'patch' does not apply"));
}

TEST_CASE("a command in a variant needs one in the project, and the project only one kind") {
  Test test;
  test.file("fib.rs", "print 1").file("pgo.toml", fib + "command = [\"cc\"]\n");
  CHECK(contains(test.run({"plan"}).err, "'command' needs a [project] with a command"));
  test.file("pgo.toml", project_with("source = \"fib.rs\"\ncommand = [\"cc\"]\n"));
  CHECK(contains(test.run({"plan"}).err, "'source' and 'command' cannot be used together"));
}

TEST_CASE("a command's build is run and timed by every run: nobody can tell what it depends on") {
  Test test;
  calls_rustc(test).file("pgo.toml", by_script);
  for (int run = 1; run <= 2; ++run) {
    CHECK(test.run({"run", "--no-measure"}).code == 0);
    const auto build = test.row("baseline").at("build");
    CHECK(build.at("wall_s") > 0.0);
    CHECK(build.at("stored") == false);
    CHECK(build.at("stages").at(0).at("name") == "build");
    CHECK(std::ranges::count(builds_by(test, "rustc"), '\n') == run);
  }
}

TEST_CASE("with several build runs a command is run so many times more, and each counts") {
  Test test;
  std::string toml = by_script + fat;
  toml.insert(toml.find("[build]\n") + 8, "runs = 3\n");
  calls_rustc(test).file("pgo.toml", toml);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  for (const char* variant : {"baseline", "fat"}) CHECK(test.row(variant).at("build").at("runs").size() == 3);
  CHECK(test.results().at("build_rounds").at("rounds") == 3);
  CHECK(std::ranges::count(builds_by(test, "rustc"), '\n') == 2 + 2 * 3);
}

TEST_CASE("pgo of a command is trained between two builds that differ in that only, and proved") {
  Test test;
  calls_rustc(test).file("pgo.toml",
                         by_script + "\n[[variant]]\nname = \"pgo\"\nopt-level = 3\npgo = true\n");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.reason("pgo") == "ok: ");
  const std::string profiles = "PROJECT/.pgo-orch/variants/pgo/profiles/";
  CHECK(builds_by(test, "rustc") == compiled("baseline") + "\n" + compiled("pgo") +
                                        " -Copt-level=3 -Cprofile-generate=" + profiles + "stray\n" +
                                        compiled("pgo") + " -Copt-level=3 -Cstrip=none" +
                                        " -Cprofile-use=" + profiles + "merged.profdata\n");
  const auto pgo = test.row("pgo").at("pgo");
  CHECK(pgo.at("basis") == "names only");
  CHECK(pgo.at("functions_matched") == 2);
  CHECK(pgo.at("coverage") == 1.0);
}

TEST_CASE(
    "the plan of a command project shows the command, its flags and whose they are, and builds nothing") {
  Test test;
  calls_rustc(test).file("pgo.toml", by_script + fat);
  const auto text = test.run({"plan"});
  CHECK(text.code == 0);
  // Where a command goes on in another line depends on how long the name of the test's folder is.
  const auto shown = std::regex_replace(test.normal(text.out), std::regex(R"( \\\n +)"), " ");
  CHECK(contains(shown, "\nprograms   prog\n"));
  CHECK(shown.substr(shown.find("\nfat")) == R"(
fat
  steps: build
  settings: opt-level = "3", lto = "fat", panic = "abort", target-cpu = "x86-64-v3", rustflags =
    ["-Cforce-frame-pointers=yes"]
  target: x86_64-unknown-linux-gnu, rustc 1.95.0
  rustflags (the last one wins):
    -Copt-level=3               variant (opt-level)
    -Clto=fat                   variant (lto)
    -Cpanic=abort               variant (panic)
    -Ctarget-cpu=x86-64-v3      variant (target-cpu)
    -Cforce-frame-pointers=yes  variant (rustflags)
  commands:
    # build
    cd PROJECT && PROJECT/compile prog.x -o PROJECT/.pgo-orch/variants/fat/output/prog

check      the output of each variant in 'w' against the baseline's, which runs twice
measure    'w': at most TIME each, all programs in each round, in random order, after 1 warm-up run
)");
  CHECK(builds_by(test, "rustc") == "");

  const auto json = nlohmann::json::parse(test.run({"plan", "--json"}).out);
  const auto step = json.at("variants").at(1).at("steps").at(0);
  CHECK(step.at("step") == "build");
  CHECK(step.at("rustflags").size() == 5);
  CHECK(step.at("cflags").at(0) == nlohmann::json{{"flag", "-O3"}, {"origin", "variant (opt-level)"}});
  CHECK(step.at("command").at("env").at("PGO_ORCH_VARIANT") == "fat");
  CHECK(test.normal(step.at("program")) == "PROJECT/.pgo-orch/variants/fat/bin/prog");
}

TEST_CASE("a saved profile is used without training") {
  Test test;
  calls_rustc(test).file("pgo.toml", by_script + "\n[[variant]]\nname = \"pgo\"\npgo = true\n");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  test.file("saved.profdata", test.read(".pgo-orch/variants/pgo/profiles/merged.profdata"));
  test.forget_calls();
  test.file("pgo.toml",
            by_script + "\n[[variant]]\nname = \"saved\"\npgo = { profile = \"saved.profdata\" }\n");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(builds_by(test, "rustc") == compiled("baseline") + "\n" + compiled("saved") +
                                        " -Cstrip=none -Cprofile-use=PROJECT/saved.profdata\n");
  CHECK(test.row("saved").at("pgo").at("functions_matched") == 2);
}

TEST_CASE("variants of the same settings and command are built once") {
  Test test;
  std::string twin = fat;
  twin.replace(twin.find("\"fat\""), 5, "\"twin\"");
  calls_rustc(test).file("pgo.toml", by_script + fat + twin);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(std::ranges::count(builds_by(test, "rustc"), '\n') == 2);
  CHECK(test.row("twin").at("identical_to") == "fat");
}

TEST_CASE("with keep = bin only programs are left of a command's build") {
  Test test;
  std::string toml = by_script;
  toml.insert(toml.find("[build]\n") + 8, "keep = \"bin\"\n");
  compiler(test, ": > \"$PGO_ORCH_TMP/big\"\nrustc \"$@\"").file("pgo.toml", toml);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(!std::filesystem::exists(test.path(".pgo-orch/variants/baseline/tmp-plain")));
  CHECK(std::filesystem::exists(test.path(".pgo-orch/variants/baseline/bin/prog")));
  CHECK(test.run({"run", "--no-measure"}).code == 0);
}

TEST_CASE("a command that takes too long is killed and fails") {
  Test test;
  std::string toml = by_script + fat;
  toml.insert(toml.find("[build]\n") + 8, "timeout = \"2s\"\n");
  compiler(test, "[ $PGO_ORCH_VARIANT = baseline ] || sleep 100\nrustc \"$@\"").file("pgo.toml", toml);
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("fat") == "failed: build: timed out after TIME: raise 'timeout' in [build]");
}

TEST_CASE("the script of a command project builds the same programs without pgo-orch") {
  Test test;
  calls_rustc(test).tool("chmod", "exec /bin/chmod \"$@\"");
  test.file("pgo.toml",
            by_script + fat + "\n[[variant]]\nname = \"small\"\nopt-level = \"s\"\nstrip = true\n");
  const auto script = test.run({"plan", "--format", "sh"});
  REQUIRE(script.code == 0);
  test.file("plan.sh", script.out);
  const auto ran = test.run_program("/bin/sh", {"plan.sh"});
  CHECK(ran.err == "");
  CHECK(ran.code == 0);
  CHECK(builds_by(test, "rustc") == compiled("baseline") + "\n" + compiled("fat") + " " + fat_flags + "\n" +
                                        compiled("small") + " -Copt-level=s -Cstrip=none\n");
  std::map<std::string, std::string> built;
  for (const char* variant : {"baseline", "fat", "small"})
    built[variant] = test.read(".pgo-orch/variants/" + std::string(variant) + "/bin/prog");
  CHECK(test.story().back() == "strip");
  REQUIRE(test.run({"run", "--no-measure"}).code == 0);
  for (const auto& [variant, program] : built) {
    CAPTURE(variant);
    CHECK(!program.empty());
    CHECK(test.read(".pgo-orch/variants/" + variant + "/bin/prog") == program);
  }
}

TEST_CASE("a build command has no incremental builds, which is said and no failure") {
  Test test;
  calls_rustc(test).file(
      "pgo.toml", with_build_keys(by_script, "scenarios = [\"full\", \"incr-full\", \"incr-unchanged\"]"));
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  const auto& scenarios = test.row("baseline").at("build").at("scenarios");
  CHECK(scenarios.at("incr-full").at("reason") == "a build command always builds from scratch");
  CHECK(scenarios.at("incr-unchanged").at("wall_s").is_null());
}
