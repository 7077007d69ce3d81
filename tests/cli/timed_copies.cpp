// What is timed are copies of programs: in a world like that in which the programs were checked.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

const std::string with_bad = with_variant(fib, "bad", "cfg = [\"bad\"]");

}  // namespace

TEST_CASE("beside the copy of a program lies what lies beside the program") {
  Test test;
  const auto toml =
      with_variant(project_with("source = [\"front.rs\", \"helper.rs\"]\n", "w"), "pgo", "pgo = true");
  test.file("pgo.toml", with_workload_keys(toml, "program = \"front\""));
  test.file("front.rs", "beside helper\nprint 1").file("helper.rs", "print 2");
  CHECK(test.run({"run"}).code == 0);
  for (const char* name : {"baseline", "pgo"}) CHECK(test.reason(name) == "ok: ");
  CHECK(test.results().at("benchmarks").at(0).at("rounds").get<int>() >= 3);
}

TEST_CASE("a copy that prints something else than the program has wrong output") {
  Test test;
  test.file("pgo.toml", with_bad);
  test.file("fib.rs", "unless bad print 1\nif bad unless measured print 1\nif bad if measured print 2");
  CHECK(test.run({"run"}).code == 1);
  CHECK(test.reason("baseline") == "ok: ");
  CHECK(test.reason("bad") ==
        "wrong-output: measure fib: workload fib: line 1 is \"2\", expected \"1\". This run was of a copy, "
        "as it is "
        "timed; the program itself passed its check");
  CHECK(test.read(".pgo-orch/variants/bad/measure.out") == "2\n");
}

TEST_CASE("a timed run that fails says what it printed on standard error") {
  Test test;
  test.file("pgo.toml", with_bad);
  test.file("fib.rs", "print 1\nif bad if measured complain no helper here\nif bad if measured exit 3");
  const auto result = test.run({"run"});
  CHECK(result.code == 1);
  CHECK(test.reason("bad") == "failed: measure fib: warm-up: exit code 3");
  CHECK(test.row("bad").at("failure").at("tail") == Words{"no helper here"});
  CHECK(test.row("bad").at("failure").at("exit") == 3);
  CHECK(contains(result.out, "no helper here"));
}

TEST_CASE("output that goes to /dev/null while it is timed is checked all the same") {
  Test test;
  test.file("pgo.toml", with_workload_keys(with_bad, "stdout = \"null\""));
  test.file("fib.rs", "print 1\nif bad if measured print 2");
  CHECK(test.run({"run"}).code == 1);
  CHECK(test.reason("baseline") == "ok: ");
  CHECK(test.reason("bad").starts_with("wrong-output: measure fib: "));
}

TEST_CASE("a reference is timed with what its build wrote beside it") {
  Test test;
  test.file("pgo.toml", with_bad + R"([[reference]]
name = "ref"
build = ["./make", "{output}"]
run = ["{output}"]
)");
  test.script("make", "cp ref \"$1\"\necho 1 > \"${1%/*}/data\"\n");
  test.script("ref", "read line < \"${0%/*}/data\" || exit 4\necho $line\n");
  test.file("fib.rs", "print 1");
  CHECK(test.run({"run"}).code == 0);
  const auto& row = test.results().at("references").at(0);
  CHECK(row.at("status") == "ok");
  CHECK(row.at("artifacts").size() == 2);
}
