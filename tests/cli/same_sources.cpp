// Variants of one run are of the same sources, and run on the same inputs.

#include <doctest/doctest.h>

#include "command_project.h"
#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string two_variants = with_variant(fib, "other", "cfg = [\"other\"]");

/// A package instead of a file, and another variant with these keys.
Test& lay_out(Test& test, const std::string& keys) {
  return test.file("Cargo.toml", "[package]\nname = \"fib\"\nversion = \"0.0.0\"\n")
      .file("Cargo.lock", "")
      .file("src/main.rs", "print 1")
      .file("pgo.toml", with_variant(project_with("manifest = \"Cargo.toml\"\n"), "other", keys));
}

}  // namespace

// The baseline is checked twice: its first run comes after its build, the third one is the other variant's.

TEST_CASE("a source file that is edited between two builds fails the second") {
  Test test;
  test.file("pgo.toml", two_variants).file("fib.rs", "print 1").before_run(1, "echo 'print 1 ' > fib.rs");
  CHECK(test.built("other", 1) ==
        "failed: build: PROJECT/fib.rs is not what 'baseline' was built of: it changed during the run. Leave "
        "the sources alone while variants are built, and run again");
  CHECK(test.reason("baseline") == "ok: ");
}

TEST_CASE("a file of a package that is edited between two builds fails the second") {
  for (const char* edit : {"echo 'print 1 ' > src/main.rs", "echo '# other' >> Cargo.toml"}) {
    Test test;
    const auto reason = lay_out(test, "cfg = [\"other\"]").before_run(1, edit).built("other", 1);
    CHECK(reason.starts_with("failed: build: PROJECT/"));
    CHECK(contains(reason, " is not what 'baseline' was built of"));
  }
}

TEST_CASE("a header that changes between the builds of a command is said, since nobody names it") {
  for (const bool changes : {true, false}) {
    Test test;
    calls_rustc(test).file("mix.h", "1\n").file("pgo.toml", by_script + fat);
    test.before_run(1, changes ? "echo 2 > mix.h" : "echo 1 > mix.h");
    CHECK(test.built("fat") == "ok: ");
    CHECK(test.has_note("/mix.h changed between builds: if they compile it, not all variants are") ==
          changes);
  }
}

TEST_CASE("an edit between the stages of a variant fails it") {
  Test test;
  lay_out(test, "pgo = true").before_run(3, "echo 'print 1 ' > src/main.rs");
  CHECK(contains(test.built("other", 1),
                 "failed: optimized build: PROJECT/src/main.rs is not what 'baseline'"));
}

TEST_CASE("a source file that is written while the baseline is built is not known to be what was built") {
  Test test;
  lay_out(test, "cfg = [\"other\"]");
  // A cargo that edits takes the user's place.
  const auto cargo = test.outside("bin/real-cargo");
  std::filesystem::rename(test.outside("bin/cargo"), cargo);
  test.tool("cargo",
            "\"${0%/*}/real-cargo\" \"$@\" || exit\n[ \"$1\" != build ] || echo 'print 1 ' > src/main.rs");
  CHECK(test.built("baseline", 1) ==
        "failed: build: PROJECT/src/main.rs was written while 'baseline' was built, so it is unknown what it "
        "was built of. Leave the sources alone while variants are built, and run again");
}

TEST_CASE("a file that is only touched, or written again with the same content, is the same") {
  Test test;
  lay_out(test, "cfg = [\"other\"]").before_run(1, "cd src; cp main.rs copy; rm main.rs; mv copy main.rs");
  CHECK(test.built("other") == "ok: ");
}

TEST_CASE("sources that are edited after the last build are said, and fail nothing") {
  Test test;
  test.file("pgo.toml", two_variants).file("fib.rs", "print 1").before_run(8, "echo 'print 2' > fib.rs");
  CHECK(test.run({"run"}).code == 0);
  CHECK(test.has_note("PROJECT/fib.rs changed after it was built: the results are of what it was"));
}

TEST_CASE("an input that is edited while it is measured fails all that was measured on it") {
  Test test;
  test.file("pgo.toml", with_workload_keys(two_variants, "stdin = \"in.txt\"")).file("in.txt", "one\n");
  test.file("fib.rs", "print 1").before_run(8, "echo two > in.txt");
  CHECK(test.run({"run"}).code == 1);
  for (const char* name : {"baseline", "other"})
    CHECK(test.reason(name) ==
          "failed: measure fib: PROJECT/in.txt, an input of workload fib, changed during the run. Leave "
          "inputs alone until the run is over, and run again");
}

TEST_CASE("an input that is edited before training fails the variant that is trained on it") {
  Test test;
  test.file("pgo.toml", with_workload_keys(fib_and_pgo, "args = [\"in.txt\"]")).file("in.txt", "one\n");
  test.file("fib.rs", "print 1").before_run(3, "echo two > in.txt");
  CHECK(contains(test.built("pgo", 1), "failed: train: PROJECT/in.txt, an input of workload fib, changed"));
}

TEST_CASE("files that the runs themselves write are no inputs") {
  Test test;
  test.file("pgo.toml", with_workload_keys(two_variants,
                                           "args = [\"new.txt\", \"old.txt\"]\n"
                                           "prepare = [[\"./write\"]]"));
  test.file("fib.rs", "print 1").file("old.txt", "old\n");
  test.script("write", "echo more >> new.txt\necho more >> old.txt\n");
  CHECK(test.run({"run"}).code == 0);
}

TEST_CASE("with keep = bin, --resume takes up what was built only if the sources are the same") {
  for (const bool edits : {false, true}) {
    Test test;
    test.file("pgo.toml", with_build_keys(two_variants, "keep = \"bin\"")).file("fib.rs", "print 1");
    test.hold("measure", "4");
    auto running = test.start({"run"});
    test.wait_until_held();
    running.signal(2);
    running.wait();
    test.let_go();
    test.forget_calls();
    if (edits) test.file("fib.rs", "print 1 ");
    CHECK(test.run({"run", "--resume"}).code == 0);
    CHECK(test.builds().size() == (edits ? 2 : 0));
  }
}
