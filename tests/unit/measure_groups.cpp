#include <doctest/doctest.h>

#include <sstream>

#include "measure/stacks/groups.h"

using namespace pgo_orch::measure;

namespace {

Stacks folded_stacks(const std::string& text) {
  Stacks stacks;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto space = line.rfind(' ');
    stacks.counts[line.substr(0, space)] += std::stoul(line.substr(space));
  }
  return stacks;
}

std::vector<std::string> nearest(const std::string& pattern, const std::string& folded) {
  const auto shares = attribute(folded_stacks(folded), {{"g", {pattern}}});
  const auto& unmatched = shares.groups.at(0).unmatched;
  REQUIRE(unmatched.size() == 1);
  CHECK(unmatched[0].pattern == pattern);
  return unmatched[0].nearest;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a stack belongs to the group of its innermost function that any group has") {
  const Stacks stacks = folded_stacks(
      "[fib];main 1\n"
      "[fib];main;fib::parse::file 2\n"
      "[fib];main;fib::parse::file;fib::lex::<u8> 4\n"
      "[fib];main;fib::parse::file;fib::lex::<u8>;memcpy 8\n"
      "[fib];main;fib::parse::file;memcpy 16\n"
      "[ld.lld];main;write 32\n"
      "[fib];start 1\n");
  const auto shares = attribute(stacks, {{"parse", {"fib::parse::*"}},
                                         {"lex", {"fib::lex"}},
                                         {"link", {"[ld*]"}},
                                         {"never", {"fib::parse::file"}}});
  REQUIRE(shares.groups.size() == 4);
  CHECK(shares.groups[0].name == "parse");
  CHECK(shares.groups[0].share == 18 / 64.0);
  CHECK(shares.groups[1].share == 12 / 64.0);
  REQUIRE(shares.groups[1].functions.size() == 1);
  CHECK(shares.groups[1].functions[0].name == "fib::lex::<u8>");
  CHECK(shares.groups[1].functions[0].share == 12 / 64.0);
  CHECK(shares.groups[2].share == 0.5);
  CHECK(shares.groups[2].functions[0].name == "[ld.lld]");
  CHECK(shares.groups[3].share == 0);  // the first group that names a function has it
  CHECK(shares.groups[3].unmatched.empty());
  CHECK(shares.other.share == 2 / 64.0);
  REQUIRE(shares.other.functions.size() == 2);
  CHECK(shares.other.functions[0].name == "main");
}

TEST_CASE("without counts all shares are zero, without groups all is other") {
  CHECK(attribute({}, {{"a", {"b"}}}).groups[0].share == 0);
  CHECK(attribute({}, {}).other.share == 0);
  CHECK(attribute(folded_stacks("a;b 3\n"), {}).other.share == 1);
}

TEST_CASE("a pattern that matches nothing is told what it may have meant") {
  const std::string folded = "[fib];main;fib::parser::next;memcpy 1\n[fib];main;fib::lexer::Token::read 1\n";
  CHECK(nearest("fib::parsr::next", folded) == Names{"fib::parser::next"});
  CHECK(nearest("fib::parse::deeply::next", folded) == Names{"fib::parser::next"});
  CHECK(nearest("fib::lexr::*", folded) == Names{"fib::lexer"});
  CHECK(nearest("*::raed", folded) == Names{"fib::lexer::Token::read"});
  CHECK(nearest("mian", folded) == Names{"main"});
  CHECK(nearest("something::else", folded).empty());
  CHECK(nearest("x*", folded).empty());
  CHECK(did_you_mean({"x", {}}) == "");
  CHECK(did_you_mean({"x", {"a"}}) == " (did you mean 'a'?)");
  CHECK(did_you_mean({"x", {"a", "b", "c"}}) == " (did you mean 'a', 'b' or 'c'?)");
}
