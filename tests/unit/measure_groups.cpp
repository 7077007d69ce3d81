#include <doctest/doctest.h>

#include <sstream>

#include "measure/stacks/groups.h"

using namespace pgo_orch::measure;
using namespace std::chrono_literals;

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

/// What is said about a pattern that matches nothing, behind that.
std::string hint(const std::string& pattern, const std::string& folded) {
  const auto notes = attribute(folded_stacks(folded), {{"g", {pattern}}}).notes;
  REQUIRE(notes.size() == 1);
  const std::string begin = "'" + pattern + "' of [[phase]] 'g' matches no sampled function";
  REQUIRE(notes[0].starts_with(begin));
  return notes[0].substr(begin.size());
}

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
  const auto shares = attribute(stacks,
                                {{"parse", {"fib::parse::*"}},
                                 {"lex", {"fib::lex"}},
                                 {"link", {"[ld*]"}},
                                 {"never", {"fib::parse::file"}}},
                                64s);
  REQUIRE(shares.groups.size() == 5);
  CHECK(shares.groups[0].name == "parse");
  CHECK(shares.groups[0].share == 18 / 64.0);
  CHECK(shares.groups[0].time == 18s);
  CHECK(shares.groups[1].share == 12 / 64.0);
  CHECK(shares.groups[2].share == 0.5);
  CHECK(shares.groups[3].share == 0);  // the first group that names a function has it
  CHECK(shares.groups[4].name == "other");
  CHECK(shares.groups[4].share == 2 / 64.0);
  CHECK(shares.notes.empty());
  CHECK(shares.total == 64);
  REQUIRE(shares.functions.size() == 6);
  CHECK(shares.functions[0].name == "write");
  CHECK(shares.functions[0].time == 32s);
}

TEST_CASE("without counts all shares are zero, without groups there are only functions") {
  CHECK(attribute({}, {{"a", {"b"}}}).groups[0].share == 0);
  CHECK(attribute({}, {{"a", {"b"}}}).groups[1].share == 0);
  CHECK(attribute(folded_stacks("a;b 3\n"), {}).groups.empty());
  CHECK(attribute(folded_stacks("a;b 3\n"), {}).functions[0].share == 1);
}

TEST_CASE("a pattern that matches nothing is told what it may have meant") {
  const std::string folded = "[fib];main;fib::parser::next;memcpy 1\n[fib];main;fib::lexer::Token::read 1\n";
  CHECK(hint("fib::parsr::next", folded) == " (did you mean 'fib::parser::next'?)");
  CHECK(hint("fib::parse::deeply::next", folded) == " (did you mean 'fib::parser::next'?)");
  CHECK(hint("fib::lexr::*", folded) == " (did you mean 'fib::lexer'?)");
  CHECK(hint("*::raed", folded) == " (did you mean 'fib::lexer::Token::read'?)");
  CHECK(hint("mian", folded) == " (did you mean 'main'?)");
  CHECK(hint("something::else", folded).empty());
  CHECK(hint("x*", folded).empty());
  CHECK(hint("ac", "ab;ad;ae 1\n") == " (did you mean 'ab', 'ad' or 'ae'?)");
}
