// Variants of one run are of the same sources, and run on the same inputs.

#include <doctest/doctest.h>

#include <chrono>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// `edit` runs before each run of the workload, and does this the n-th time. The baseline is checked twice.
struct Edited : Test {
  Edited(int when, const std::string& what, const std::string& toml, const std::string& workload_keys = "") {
    auto text = toml;
    text.insert(text.find("\n\n[measure]"), "\nprepare = [[\"./edit\"]]\n" + workload_keys);
    file("pgo.toml", text).file("fib.rs", "print 1");
    file("edit", "#!/bin/sh\nn=0\nread n < count\nn=$((n + 1))\necho $n > count\nif [ $n = " +
                     std::to_string(when) + " ]; then " + what + "; fi\n");
    file("count", "0\n");
    std::filesystem::permissions(path("edit"), std::filesystem::perms::owner_all);
  }
};

const std::string two_variants = fib + "[[variant]]\nname = \"other\"\ncfg = [\"other\"]\n";

std::string by_cargo(std::string toml) {
  return toml.replace(toml.find("source = \"fib.rs\""), 17, "manifest = \"Cargo.toml\"");
}

Test& lay_out(Test& test) {
  return test.file("Cargo.toml", "[package]\nname = \"fib\"\nversion = \"0.0.0\"\n")
      .file("Cargo.lock", "")
      .file("src/main.rs", "print 1");
}

}  // namespace

TEST_CASE("a source file that is edited between two builds fails the second") {
  Edited test(1, "echo 'print 1 ' > fib.rs", two_variants);
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("baseline") == "ok: ");
  CHECK(test.reason("other") ==
        "failed: build: PROJECT/fib.rs is not what 'baseline' was built of: it changed during the run. Leave "
        "the "
        "sources alone while variants are built, and run again");
}

TEST_CASE("a file of a package that is edited between two builds fails the second") {
  for (const char* edit : {"echo 'print 1 ' > src/main.rs", "echo '# other' >> Cargo.toml"}) {
    Edited test(1, edit, by_cargo(two_variants));
    lay_out(test);
    CHECK(test.run({"run", "--no-measure"}).code == 1);
    CHECK(test.reason("other").starts_with("failed: build: PROJECT/"));
    CHECK(test.reason("other").find(" is not what 'baseline' was built of") != std::string::npos);
  }
}

TEST_CASE("an edit between the stages of a variant fails it") {
  auto toml = two_variants;
  toml.replace(toml.find("cfg = [\"other\"]"), 15, "pgo = true");
  Edited test(3, "echo 'print 1 ' > src/main.rs", by_cargo(toml));
  lay_out(test);
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("other").starts_with(
      "failed: optimized build: PROJECT/src/main.rs is not what 'baseline'"));
}

TEST_CASE("a source file that is written while the baseline is built is not known to be what was built") {
  Test test;
  test.file("pgo.toml", by_cargo(two_variants));
  lay_out(test);
  // A cargo that edits takes the user's place.
  const auto cargo = test.outside("bin/real-cargo");
  std::filesystem::rename(test.outside("bin/cargo"), cargo);
  test.tool("cargo",
            "\"${0%/*}/real-cargo\" \"$@\" || exit\n[ \"$1\" != build ] || echo 'print 1 ' > src/main.rs");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("baseline") ==
        "failed: build: PROJECT/src/main.rs was written while 'baseline' was built, so it is unknown what it "
        "was "
        "built of. Leave the sources alone while variants are built, and run again");
}

TEST_CASE("a file that is only touched, or written again with the same content, is the same") {
  Edited test(1, "cp fib.rs copy; rm fib.rs; mv copy fib.rs", two_variants);
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.reason("other") == "ok: ");
}

TEST_CASE("sources that are edited after the last build are said, and fail nothing") {
  Edited test(8, "echo 'print 2' > fib.rs", two_variants);
  CHECK(test.run({"run"}).code == 0);
  bool said = false;
  for (const auto& note : test.results().at("notes"))
    said = said || test.normal(note.get<std::string>()) ==
                       "PROJECT/fib.rs changed after it was built: the results are of what it was";
  CHECK(said);
}

TEST_CASE("an input that is edited while it is measured fails all that was measured on it") {
  Edited test(8, "echo two > in.txt", two_variants, "stdin = \"in.txt\"");
  test.file("in.txt", "one\n").file("fib.rs", "print 1");
  CHECK(test.run({"run"}).code == 1);
  for (const char* name : {"baseline", "other"})
    CHECK(
        test.reason(name) ==
        "failed: measure fib: PROJECT/in.txt, an input of workload fib, changed during the run. Leave inputs "
        "alone until the run is over, and run again");
}

TEST_CASE("an input that is edited before training fails the variant that is trained on it") {
  auto toml = two_variants;
  toml.replace(toml.find("cfg = [\"other\"]"), 15, "pgo = true");
  Edited test(3, "echo two > in.txt", toml, "args = [\"in.txt\"]");
  test.file("in.txt", "one\n");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("other").starts_with("failed: train: PROJECT/in.txt, an input of workload fib, changed"));
}

TEST_CASE("files that the runs themselves write are no inputs") {
  auto toml = two_variants;
  Edited test(99999, "", toml, "args = [\"out.txt\", \"old.txt\"]");
  test.file("edit",
            "#!/bin/sh\nn=0\nread n < count\nn=$((n + 1))\necho $n > count\necho $n > out.txt\necho $n > "
            "old.txt\n");
  test.file("old.txt", "old\n");
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
