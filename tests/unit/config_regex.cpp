// What is said about a stdout-matches that is not a regular expression.

#include "config_fixture.h"

using namespace pgo_orch::orchestrator;

namespace {

std::string problem_in(const std::string& pattern) {
  const test::Folder folder;
  const std::string errors =
      folder.errors(test::project + "[[workload]]\nname = \"w\"\nexpect = { stdout-matches = '" + pattern +
                    "' }\n[[variant]]\nname = \"baseline\"\n");
  const std::string before = "pgo.toml:5:12: 'stdout-matches' is not a regular expression: ";
  INFO(errors);
  REQUIRE(errors.starts_with(before));
  return errors.substr(before.size());
}

}  // namespace

TEST_CASE("a wrong regular expression is told in plain words, with the character") {
  CHECK(problem_in("fib(") == "a ( without its ) (found at its end)");
  CHECK(problem_in("fib)b") == "a ) without its ( (at character 4)");
  CHECK(problem_in("[a") == "a [ without its ] (found at its end)");
  CHECK(problem_in("*a") == "a repeat with nothing to repeat (at character 1)");
  CHECK(problem_in("a{2,1}") == "{ } does not hold a valid number or range (at character 5)");
  CHECK(problem_in("é[[:foo:]]") == "unknown class or range of characters (at character 5)");
  CHECK(problem_in("[[.foo.]]") == "unknown name between [. and .] (at character 4)");
  CHECK(problem_in("a\\") == "an escape that begins with \\ is not complete (found at its end)");
  CHECK(problem_in("(a)\\2b") == "it refers to a group that does not exist (found at its end)");
  CHECK(problem_in("a(?z)") == "an unknown or incomplete group that begins with (? or (* (at character 2)");
  CHECK(problem_in("(?<=a*)b") == "a part of it has no meaning in Perl's syntax");
}
