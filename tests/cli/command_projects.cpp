// Projects with a build command of their own: a script that calls the toy rustc, or a toy cc.

#include <doctest/doctest.h>

#include <algorithm>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

std::string command_project(const std::string& command) {
  return "[project]\nname = \"prog\"\ncommand = " + command + R"(
[[workload]]
name = "w"

[measure]
max-time = "20ms"
race = false
control = false
phases = false

[build]
phases = false

[[variant]]
name = "baseline"
)";
}

const std::string by_script = command_project(R"(["./compile", "prog.x", "-o", "{output}"])");

const std::string fat = R"(
[[variant]]
name = "fat"
opt-level = 3
lto = "fat"
panic = "abort"
target-cpu = "x86-64-v3"
rustflags = ["-Cforce-frame-pointers=yes"]
)";

const std::string fat_flags =
    "-Copt-level=3 -Clto=fat -Cpanic=abort -Ctarget-cpu=x86-64-v3 -Cforce-frame-pointers=yes";

/// With a compiler that is this script.
Test& compiler(Test& test, const std::string& body, const std::string& name = "compile") {
  test.file(name, "#!/bin/sh\n" + body + "\n").file("prog.x", "print 1");
  std::filesystem::permissions(test.path(name), std::filesystem::perms::owner_all);
  return test;
}

/// A compiler that calls rustc, with what it is called with itself.
Test& calls_rustc(Test& test) {
  return compiler(test, "rustc \"$@\"");
}

/// A cc that makes a program of any source.
Test& with_cc(Test& test) {
  return test.tool("cc", R"(. "${0%/*}/common.sh"
log cc "$@"
for word; do [ "$previous" = -o ] && out=$word; previous=$word; done
exec "$bin/toy" program "$out" "print 1")");
}

/// All calls of a tool to build something, a line each.
std::string builds_by(const Test& test, const std::string& tool) {
  std::string lines;
  for (const auto& call : test.calls(tool)) {
    if (!call.has("-o") || call.has("-")) continue;
    std::string line;
    for (const auto& word : call.args) line += (line.empty() ? "" : " ") + word;
    if (line.find("linked.rs") == std::string::npos && line.find("probe") == std::string::npos)
      lines += test.normal(line) + "\n";
  }
  return lines;
}

std::string compiled(const std::string& variant) {
  return "prog.x -o PROJECT/.pgo-orch/variants/" + variant + "/output/prog";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What is wrong with a pgo.toml that ends in this variant.
std::string complaint(const std::string& keys) {
  Test test;
  calls_rustc(test).file("pgo.toml", by_script + "\n[[variant]]\nname = \"v\"\n" + keys);
  const auto result = test.run({"plan"});
  CHECK(result.code == 2);
  return test.normal(result.err);
}

}  // namespace

TEST_CASE("a command's rustc is given each variant's flags, behind its own") {
  Test test;
  calls_rustc(test).file("pgo.toml", by_script + fat);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(builds_by(test, "rustc") == compiled("baseline") + "\n" + compiled("fat") + " " + fat_flags + "\n");
  CHECK(test.reason("fat") == "ok: ");
  CHECK(test.row("fat").at("rustflags").size() == 5);
  CHECK(test.row("fat").at("flag_origins").at(0) == "variant (opt-level)");
  CHECK(test.row("fat").at("command").at(0) == test.path("compile").string());
  CHECK(test.results().at("project").at("kind") == "command");
}

TEST_CASE("a command that takes {flags} gets them as words, once, and its rustc no others") {
  Test test;
  calls_rustc(test);
  test.file("pgo.toml", command_project(R"(["./compile", "prog.x", "-o", "{output}", "{flags}"])") + fat);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(builds_by(test, "rustc") == compiled("baseline") + "\n" + compiled("fat") + " " + fat_flags + "\n");
}

TEST_CASE("{flags} within a word are one word, which a command need not pass on to anybody") {
  Test test;
  compiler(test, "echo \"$#:$4\" > seen-$PGO_ORCH_VARIANT\n\"$TOY_DIR/bin/toy\" program \"$3\" 'print 1'");
  test.file("pgo.toml",
            command_project(R"(["./compile", "prog.x", "-o", "{output}", "--rust={flags}"])") + fat);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.read("seen-baseline") == "4:--rust=\n");
  CHECK(test.read("seen-fat") == "4:--rust=" + fat_flags + "\n");
}

TEST_CASE("a command's cc is given flags of C where it compiles, and those of its linker where it links") {
  Test test;
  with_cc(compiler(test, "cc -c prog.c -o \"$PGO_ORCH_TMP/prog.o\"\ncc \"$PGO_ORCH_TMP/prog.o\" -o \"$3\""));
  test.file("pgo.toml", by_script + R"(
[[variant]]
name = "fast"
opt-level = 2
lto = "fat"
crt-static = true
link-args = ["-Wl,-z,now"]
)");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  const std::string fast = "PROJECT/.pgo-orch/variants/fast/";
  CHECK(contains(builds_by(test, "cc"), "-c prog.c -o " + fast + "tmp/prog.o -O2 -flto\n" + fast +
                                            "tmp/prog.o -o " + fast +
                                            "output/prog -O2 -flto -static-pie -Wl,-z,now\n"));
}

TEST_CASE("a command may be the compiler itself") {
  Test test;
  with_cc(test).file("prog.c", "int main(void) { return 0; }");
  test.file("pgo.toml",
            command_project(R"(["cc", "{cflags}", "prog.c", "-o", "{output}", "{ldflags}"])") + R"(
[[variant]]
name = "small"
opt-level = "s"
link-args = ["-Wl,--gc-sections"]
)");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  const std::string output = "PROJECT/.pgo-orch/variants/small/output/prog";
  CHECK(contains(builds_by(test, "cc"), "\n-Os prog.c -o " + output + " -Wl,--gc-sections\n"));
}

TEST_CASE("a cargo that the command calls has the user's flags and the variant's, and the profile") {
  Test test;
  compiler(test,
           "echo $CARGO_PROFILE_RELEASE_LTO > seen-$PGO_ORCH_VARIANT\ncargo fetch\nrustc prog.x -o \"$3\"");
  test.env("RUSTFLAGS", "--cfg mine").file("pgo.toml", by_script + fat);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  Words flags;
  for (const auto& call : test.calls("cargo")) {
    if (call.args == Words{"fetch"}) flags.push_back(call.flags());
  }
  CHECK(flags == Words{"--cfg mine", "--cfg mine -Ctarget-cpu=x86-64-v3 -Cforce-frame-pointers=yes"});
  CHECK(test.read("seen-baseline") == "\n");
  CHECK(test.read("seen-fat") == "fat\n");
  // A compiler that calls rustc itself never sees the user's flags.
  CHECK(builds_by(test, "rustc") == compiled("baseline") + "\n" + compiled("fat") + " " + fat_flags + "\n");
}

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

TEST_CASE("a variant whose flags came to no compiler fails: it would only look like one") {
  Test test;
  compiler(test, "\"$TOY_DIR/bin/toy\" program \"$3\" 'print 1'").file("pgo.toml", by_script + fat);
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("baseline") == "ok: ");
  CHECK(test.reason("fat") ==
        "failed: build: no compiler got the variant's flags: the command does not call rustc, cargo, cc, gcc "
        "or clang by name (from the PATH), and has no {flags}, {cflags} or {ldflags}");
}

TEST_CASE("a compiler that is only asked for its version has not been given the flags") {
  Test test;
  compiler(test, "rustc -vV > /dev/null\n\"$TOY_DIR/bin/toy\" program \"$3\" 'print 1'");
  test.file("pgo.toml", by_script + fat);
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(contains(test.reason("fat"), "no compiler got the variant's flags"));
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
  const auto shown = test.normal(text.out);
  CHECK(contains(shown, "\nprograms   prog\n"));
  CHECK(shown.substr(shown.find("\nfat")) == R"(
fat
  steps: build
  settings: opt-level = "3", lto = "fat", panic = "abort", target-cpu = "x86-64-v3", rustflags = ["-Cforce-frame-pointers=yes"]
  target: x86_64-unknown-linux-gnu, rustc 1.95.0
  rustflags (the last one wins):
    -Copt-level=3               variant (opt-level)
    -Clto=fat                   variant (lto)
    -Cpanic=abort               variant (panic)
    -Ctarget-cpu=x86-64-v3      variant (target-cpu)
    -Cforce-frame-pointers=yes  variant (rustflags)
  commands:
    cd PROJECT && PROJECT/compile prog.x -o PROJECT/.pgo-orch/variants/fat/output/prog
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
  CHECK(test.reason("fat") == "failed: build: timed out after TIME");
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
