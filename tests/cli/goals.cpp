#include <doctest/doctest.h>

#include "test.h"

using namespace pgo_orch::cli;

namespace {

std::string with_goal(const std::string& below) {
  return fib + "\n[[goal]]\nname = \"small\"\nmetric = \"size\"\nbelow = \"" + below + "\"\n";
}

}  // namespace

TEST_CASE("a missed goal is exit code 1, unless it is forgiven; one that is met or open is none") {
  Test test;
  test.file("pgo.toml", with_goal("1B")).file("fib.rs", "print 1");
  CHECK(test.run({"run", "--no-measure"}).code == 1);
  CHECK(test.results().at("goals").at(0).at("met") == false);
  CHECK(test.run({"run", "--no-measure", "--no-fail-on-goals"}).code == 0);
  test.file("pgo.toml", with_goal("1GiB"));
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.results().at("goals").at(0).at("met") == true);
  test.file("pgo.toml", fib + "\n[[goal]]\nname = \"quick\"\nmetric = \"runtime\"\nbelow = \"1ns\"\n");
  CHECK(test.run({"run", "--no-measure"}).code == 0);
  CHECK(test.results().at("goals").at(0).at("met").is_null());
}
