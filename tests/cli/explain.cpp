// `--explain`: how a verdict came about.

#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

TEST_CASE("`report --explain` prints the numbers behind one verdict") {
  Test test;
  test.file("pgo.toml", with_variant(fib, "fat", "lto = \"fat\"")).file("fib.rs", "print 1");
  REQUIRE(test.run({"run", "-q"}).code == 0);
  const auto explained = test.run({"report", "--explain", "fat/fib/cpu"});
  CHECK_MESSAGE(explained.code == 0, explained.err);
  CHECK(contains(explained.out, "fat against baseline in fib, CPU time"));
  CHECK(contains(explained.out, "rounds"));
  CHECK(contains(explained.out, "verdict"));
  const auto unknown = test.run({"report", "--explain", "thin"});
  CHECK(unknown.code == 2);
  CHECK(contains(unknown.err, "there is no such comparison; there are fat/fib/runtime, fat/fib/cpu"));
}
