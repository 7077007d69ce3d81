// Links where we write: whoever put them there would choose what is overwritten.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;

/// A project with a state folder in which `name` is a link to a file of the user.
Test& with_link(Test& test, const std::string& name, const fs::path& to) {
  test.file("pgo.toml", fib).file("fib.rs", "print 1").file(".pgo-orch/.gitignore", "*\n");
  const fs::path link = test.path(".pgo-orch") / name;
  fs::create_directories(link.parent_path());
  fs::create_symlink(to, link);
  return test;
}

}  // namespace

TEST_CASE("a link in the state folder is refused, whatever we would write there") {
  for (const std::string name :
       {"lock", ".gitignore.tmp", "setup.log", "build-rounds.jsonl", "variants/baseline/plain.log",
        "variants/baseline/plain.jsonl", "variants/baseline/bin/fib", "variants/pgo/profiles/merged.profdata",
        "variants/pgo/profiles/raw/fib/1.profraw", "workloads/fib/baseline", "runs/1/journal.jsonl"}) {
    CAPTURE(name);
    Test test;
    test.file("precious", "keep me\n");
    with_link(test, name, test.path("precious"));
    for (const Words& command : {Words{"run", "--no-measure"}, Words{"plan"}}) {
      const auto result = test.run(command);
      CHECK(result.code == 2);
      CHECK(test.normal(result.err) ==
            "error: PROJECT/.pgo-orch/" + name +
                " is a link, and pgo-orch did not make it: look where it leads, remove it, or choose another "
                "--state-dir\n");
    }
    CHECK(test.read("precious") == "keep me\n");
    CHECK(test.builds().empty());
  }
}

TEST_CASE("a folder of the state folder that is a link is refused") {
  for (const std::string name : {"variants", "variants/baseline", "variants/baseline/target-plain", "shadow",
                                 "tools", "tmp", "scratch", "runs", "workloads/fib"}) {
    CAPTURE(name);
    Test test;
    test.file("precious/file", "keep me\n");
    with_link(test, name, test.path("precious"));
    const auto result = test.run({"run", "--no-measure"});
    CHECK(result.code == 2);
    CHECK(contains(result.err, "/" + name + " is a link"));
    CHECK(test.read("precious/file") == "keep me\n");
    CHECK(std::distance(fs::directory_iterator(test.path("precious")), {}) == 1);
  }
}

TEST_CASE("a pipe in the state folder is refused instead of waited for") {
  Test test;
  test.file("pgo.toml", fib).file("fib.rs", "print 1").file(".pgo-orch/.gitignore", "*\n");
  REQUIRE(::mkfifo(test.path(".pgo-orch/lock").c_str(), 0600) == 0);
  const auto result = test.run({"run"});
  CHECK(result.code == 2);
  CHECK(contains(result.err, "lock is neither a file nor a folder"));
}

TEST_CASE("a latest run that lies elsewhere is not gone on with") {
  Test test;
  test.file("elsewhere/journal.jsonl", "{}\n");
  with_link(test, "latest", test.path("elsewhere"));
  const auto result = test.run({"run", "--resume"});
  CHECK(result.code == 2);
  CHECK(contains(result.err, "is not a run of this folder"));
  CHECK(test.read("elsewhere/journal.jsonl") == "{}\n");
}

TEST_CASE("the state folder itself may be a link, and what a workload keeps in {tmp}") {
  Test test;
  fs::create_directories(test.outside("big-disk"));
  fs::create_symlink(test.outside("big-disk"), test.path(".pgo-orch"));
  test.file("pgo.toml", fib).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  fs::create_symlink("/", test.path(".pgo-orch/tmp/cache"));
  CHECK(test.run({"run", "--no-measure"}).code == 0);
}
