// Profiles and symbols are of one program, compiled by rustc 1.95 with either mangling; the profiles as shown
// by `llvm-profdata-22 show --all-functions`.
#include "pgo/proof.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <sstream>

#include "profiles_golden.h"
#include "profiles_mutations.h"

using namespace pgo_orch;
using namespace pgo_orch::pgo;

namespace {

std::vector<std::string> lines_of(const std::string& name) {
  std::istringstream stream(golden::read(name));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

Coverage of_mangling(const std::string& mangling) {
  return count_coverage(profile_functions(golden::read("pgo/profile." + mangling + ".txt")),
                        lines_of("pgo/symbols." + mangling + ".txt"), {"m"});
}

std::string text_of(const Coverage& coverage) {
  std::string text = fmt::format("{} of {}, {} in the profile\n", coverage.matched,
                                 coverage.matched + coverage.missing, coverage.in_profile);
  for (const auto& example : coverage.examples) text += example + "\n";
  return text;
}

}  // namespace

TEST_CASE("the functions of a shown profile, without the file of local ones") {
  for (const char* mangling : {"legacy", "v0"}) {
    std::string text;
    for (const auto& name : profile_functions(golden::read(fmt::format("pgo/profile.{}.txt", mangling)))) {
      text += name + "\n";
    }
    golden::check(fmt::format("pgo/profile.{}.names.txt", mangling), text);
  }
}

TEST_CASE("only lines two spaces deep that end in a colon are functions") {
  CHECK(profile_functions(
            "Counters:\n  a:\n    Hash: 0x1\n    Counters: 2\n  file.c;b:\n  c\n   d:\n\n  e;f;g:") ==
        std::set<std::string>{"a", "b", "g"});
  CHECK(profile_functions("").empty());
  CHECK(profile_functions("  _RNvC1a1b.llvm.123:\n  x.rs;_RNvC1a1c.llvm.7.cold:\n") ==
        std::set<std::string>{"_RNvC1a1b", "_RNvC1a1c"});
}

TEST_CASE("a profile of Rust has no functions of C, but for main") {
  for (const char* mangling : {"legacy", "v0"})
    CHECK(
        functions_of_c(profile_functions(golden::read(fmt::format("pgo/profile.{}.txt", mangling)))).empty());
  CHECK(functions_of_c({"main", "mix", "_ZN4rans3putEi", "_RNvC1a1b", "_ZN1a1b17h0123456789abcdefE"}) ==
        std::vector<std::string>{"_ZN4rans3putEi", "mix"});
}

TEST_CASE("all functions of a program find their profile, in either mangling") {
  CHECK(text_of(of_mangling("legacy")) == "22 of 22, 69 in the profile\n");
  CHECK(text_of(of_mangling("v0")) == "24 of 24, 69 in the profile\n");
}

TEST_CASE("a profile with other hashes fits nothing") {
  const auto symbols = lines_of("pgo/symbols.v0.txt");
  const auto coverage =
      count_coverage(profile_functions(golden::read("pgo/profile.legacy.txt")), symbols, {"m"});
  CHECK(coverage.fraction() == 0.0);
  CHECK(text_of(coverage) == R"(0 of 24, 69 in the profile
m::apply::<m::main::{closure#2}>
m::generic::<core::option::Option<alloc::vec::Vec<i32>>>
m::generic::<&mut m::shapes::Dot>
)");
}

TEST_CASE("unmangled names, the toolchain's crates and doubles do not count") {
  const std::vector<std::string> symbols{"main",           "memcpy",
                                         "_RNvC4core3abc", "_RNvC1a1b",
                                         "_RNvC1a1b.cold", "_RNvC1a1b.llvm.12",
                                         "_RNvC1a1c",      "_ZNSt6vectorIiE4sizeEv"};
  CHECK(text_of(count_coverage({"main", "memcpy", "_RNvC1a1b"}, symbols, {"a", "main"})) ==
        "1 of 2, 3 in the profile\na::c\n");
}

TEST_CASE("a program without a function of its own proves nothing") {
  CHECK(Coverage{}.fraction() == 0.0);
  CHECK(count_coverage({}, {"main"}, {"a"}).fraction() == 0.0);
}

TEST_CASE("at most three missing functions are shown") {
  std::vector<std::string> symbols;
  for (char c = 'a'; c <= 'z'; ++c) symbols.push_back(std::string("_RNvC1a1") + c);
  CHECK(text_of(count_coverage({}, symbols, {"a"})) == "0 of 26, 0 in the profile\na::a\na::b\na::c\n");
}

TEST_CASE("a damaged listing has some names") {
  const auto symbols = lines_of("pgo/symbols.legacy.txt");
  mutations::for_each_damaged(golden::read("pgo/profile.legacy.txt"), 500, [&](const std::string& text) {
    const auto coverage = count_coverage(profile_functions(text), symbols, {"m"});
    CHECK(coverage.matched + coverage.missing == 22);
  });
}
