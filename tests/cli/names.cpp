#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

/// A run with PGO and measuring in a project whose folder has this name.
void check_folder(const std::string& name) {
  CAPTURE(name);
  Test test(name);
  test.file("fib.rs", "print-args").file("a file", "x").file("pgo.toml", R"([project]
source = "fib.rs"
[[workload]]
name = "fib"
args = ["it's", "a \"b\" $HOME `c` \\", "é%p", "two\nlines", ""]
stdin = "a file"
[measure]
max-time = "10ms"
phases = false
[build]
phases = false
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
link-args = ["-Wl,-rpath,a b'c"]
)");
  const auto result = test.run({"run"});
  CHECK(result.code == 0);
  CHECK(test.reason("baseline") == "ok: ");
  CHECK(test.reason("pgo") == "ok: ");
  CHECK(test.builds().size() == 3);
  CHECK(test.run({"report"}).code == 0);
  CHECK(test.run({"plan"}).code == 0);
  CHECK(nlohmann::json::accept(test.run({"plan", "--json"}).out));
  for (const auto& run : test.calls("program"))
    CHECK(Words(run.args.begin() + 1, run.args.end()) ==
          Words{"it's", "a \"b\" $HOME `c` \\", "é%p", "two\nlines", ""});
  CHECK(test.row("pgo").at("pgo").at("workloads").at(0).at("raw_files") == 1);
  // A second run finds all of it again.
  test.forget_calls();
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.row("pgo").at("pgo").at("training_reused") == true);
}

}  // namespace

TEST_CASE("a project's folder may have spaces in its name") {
  check_folder(" two  spaces ");
}

TEST_CASE("a project's folder may have quotes, dollars, backslashes and commas in its name") {
  check_folder("it's \"a\" $HOME `b` \\ c,d;e&f*");
}

TEST_CASE("a project's folder may have percent signs in its name") {
  check_folder("100%p %m x%");
}

TEST_CASE("a project's folder may have letters of all languages in its name") {
  check_folder("größe-проект-項目");
}

TEST_CASE("a project's folder may have a newline in its name") {
  check_folder("two\nlines");
}

TEST_CASE("a project's folder may begin with a dash or a hash sign") {
  check_folder("-v #1");
}

TEST_CASE("a pgo.toml that begins with a dash is named behind --") {
  Test test;
  test.file("-p.toml", fib).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure", "--", "-p.toml"}).code == 0);
  CHECK(test.run({"run", "--no-measure", "./-p.toml"}).code == 0);
}
