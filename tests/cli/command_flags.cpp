// Which flags reach the compilers that a build command calls.

#include <doctest/doctest.h>

#include "command_project.h"

using namespace pgo_orch::cli;

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
