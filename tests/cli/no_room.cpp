// Full disks, empty profiles, large outputs: what is said, what is left, and what can be resumed.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;

const std::string with_pgo = fib + "\n[[variant]]\nname = \"pgo\"\npgo = true\n";

/// The toy's script, with lines before it.
void before_tool(Test& test, const std::string& name, const std::string& lines) {
  const auto script = text_of(test.outside("bin/" + name));
  test.tool(name, lines + "\n" + script.substr(script.find('\n') + 1));
}

}  // namespace

TEST_CASE("a run whose disk was full goes on with --resume, as an interrupted one does") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1");
  before_tool(test, "cargo",
              "case \"$*\" in *variants/pgo*) [ -e \"$TOY_DIR/full\" ] && { echo 'error: could not write: No "
              "space left on device (os error 28)' >&2; exit 101; } ;; esac");
  test.file("../full", "");
  const auto result = test.run({"run", "--no-measure"});
  CHECK(result.code == 1);
  CHECK(result.err.find("the disk was full: make room, and `pgo-orch run --resume` goes on from here") !=
        std::string::npos);
  fs::remove(test.outside("full"));
  CHECK(test.run({"run", "--no-measure", "--resume"}).code == 0);
  CHECK(test.reason("pgo") == "ok: ");
  CHECK(test.run({"run", "--no-measure", "--resume"}).code == 2);  // now it is finished
}

TEST_CASE("a merge that succeeds without writing a profile is a failure of the merge, with a remedy") {
  for (const bool writes_empty : {false, true}) {
    Test test;
    test.file("pgo.toml", with_pgo).file("fib.rs", "print 1");
    before_tool(test, "llvm-profdata-97",
                std::string("[ \"$1\" = merge ] && [ \"$2\" != --version ] && {") +
                    (writes_empty ? " for last; do :; done; : > \"$last\";" : "") + " exit 0; }");
    CHECK(test.run({"run", "--no-measure"}).code == 1);
    CHECK(test.reason("pgo") ==
          "failed: merge: TEST/bin/llvm-profdata-97 succeeded but " +
              std::string(writes_empty ? "wrote an empty" : "did not write") +
              " PROJECT/.pgo-orch/variants/pgo/profiles/merged.profdata.new: run it by hand, or let "
              "LLVM_PROFDATA name another");
  }
}

TEST_CASE("an empty saved profile is refused before anything is built with it") {
  Test test;
  test.file("pgo.toml", fib + "\n[[variant]]\nname = \"pgo\"\npgo = { profile = \"saved.profdata\" }\n")
      .file("fib.rs", "print 1")
      .file("saved.profdata", "");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("pgo") ==
        "failed: prove: the profile PROJECT/saved.profdata is empty, so it would have no effect: make it "
        "again, or leave 'profile' out to train here");
  CHECK(test.builds().size() == 1);
}

TEST_CASE("a profile that cannot be read is named, with what the tool says") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1");
  before_tool(test, "llvm-profdata-97", "[ \"$1\" = show ] && { echo 'error: bad magic' >&2; exit 1; }");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.reason("pgo") ==
        "failed: prove: exit code 1: the profile PROJECT/.pgo-orch/variants/pgo/profiles/merged.profdata "
        "cannot be read: bad magic");
}

TEST_CASE("of checked outputs only the one stays that others are compared with") {
  Test test;
  test.file("pgo.toml", with_pgo).file("fib.rs", "print 1");
  CHECK(test.run({"run"}).code == 0);
  std::vector<std::string> left;
  for (const char* folder : {"workloads", "scratch"})
    for (const auto& entry : fs::recursive_directory_iterator(test.path(".pgo-orch") / folder))
      if (entry.is_regular_file())
        left.push_back(entry.path().lexically_relative(test.path(".pgo-orch")).string());
  CHECK(left == Words{"workloads/fib/baseline.out"});
}

TEST_CASE("values of environment variables are not in results that are passed on") {
  Test test;
  std::string toml = project_with("source = \"fib.rs\"\n", "fib\"\nenv = { A_TOKEN = \"s3cret-1\" }\n#\"");
  toml += "env = { B_TOKEN = \"s3cret 2\" }\nrun-env = { C_TOKEN = \"s3cret-3\" }\n";
  for (const std::string value : {"s3cret-4", "s3cret-5"})
    toml += "\n[[variant]]\nname = \"" + value.substr(7) + "x\"\nrun-env = { C_TOKEN = \"" + value + "\" }\n";
  toml += "\n[[variant]]\nname = \"bad\"\ncfg = [\"bad\"]\n";
  test.file("pgo.toml", toml).file("fib.rs", "if bad error no\nprint 1");
  const auto result = test.run({"run", "--json", "out.json", "--markdown", "out.md"});
  CAPTURE(result.err);
  CHECK(result.code == 1);
  for (const std::string file :
       {"out.json", "out.md", ".pgo-orch/latest/results.json", ".pgo-orch/latest/report.md"})
    CHECK(test.read(file).find("s3cret") == std::string::npos);
  CHECK(result.out.find("s3cret") == std::string::npos);
  CHECK(test.read("out.json").find("A_TOKEN=***") != std::string::npos);
  const auto value = [&](const std::string& variant) {
    return test.row(variant).at("settings").at("run-env").at("C_TOKEN").get<std::string>();
  };
  CHECK(value("4x").starts_with("*** (SHA-256 "));
  CHECK(value("4x") != value("5x"));
  CHECK(value("baseline") != value("4x"));
}
