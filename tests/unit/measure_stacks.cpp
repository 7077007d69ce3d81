#include <doctest/doctest.h>
#include <fmt/format.h>

#include "measure/stacks/sample.h"
#include "measure/stacks/stacks.h"
#include "profiles_golden.h"
#include "profiles_mutations.h"
#include "toolchains/error.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;

TEST_CASE("a function has one name, whatever the symbol's scheme, hash and suffix") {
  const std::pair<const char*, const char*> names[] = {
      {"_ZN4gold5parse5weigh17h8e06728d0abf1731E", "gold::parse::weigh"},
      {"_ZN4gold5parse5weigh17h8e06728d0abf1731E.llvm.9141721386987387787", "gold::parse::weigh"},
      {"_RNvNtCslGfETZN99HW_4gold5parse5weigh", "gold::parse::weigh"},
      {"_RNvNtCslGfETZN99HW_4gold5parse5weigh.cold.1", "gold::parse::weigh"},
      {"_RNvXNtCslGfETZN99HW_4gold5parseNtB2_6ParserNtNtNtNtCsgEmfK2I1SDS_"
       "4core4iter6traits8iterator8Iterator4next",
       "<gold::parse::Parser as core::iter::traits::iterator::Iterator>::next"},
      {"_ZN78_$LT$gold..parse..Parser$u20$as$u20$core..iter..traits..iterator..Iterator$GT$"
       "4next17hc128d9c1bb591e0eE",
       "<gold::parse::Parser as core::iter::traits::iterator::Iterator>::next"},
      {"_RINvCslGfETZN99HW_4gold7genericNtNtB2_5parse6ParserEB2_", "gold::generic::<gold::parse::Parser>"},
      {"_ZN4llvm15InstCombinePass3runERNS_8FunctionERNS_15AnalysisManagerIS1_JEEE",
       "llvm::InstCombinePass::run"},
      {"_ZN3foo3barEi.cold", "foo::bar"},
      {"__libc_start_main@@GLIBC_2.34", "__libc_start_main"},
      {"init_cpu_features.constprop.0", "init_cpu_features"},
      {"walk.part.0.isra.0", "walk"},
      {"walk.7", "walk"},
      {"main.walk", "main.walk"},
      {"main", "main"},
      {"<[u8; 4] as a::B>::c", "<[u8: 4] as a::B>::c"},
  };
  for (const auto& [symbol, name] : names) CHECK(frame_of(symbol) == name);
}

TEST_CASE("stacks are written in the form of flame graph tools") {
  Stacks stacks{.counts = {{"[fib];main;a b", 3}, {"[fib];main", 2}}};
  stacks.add({.counts = {{"[fib];main;a b", 4}}});
  CHECK(to_folded(stacks) == "[fib];main 2\n[fib];main;a b 7\n");
  CHECK(stacks.total() == 9);
}

TEST_CASE("what a function does itself and with those it calls; recursion counts once") {
  const Stacks stacks{
      .counts = {
          {"[p];main", 1}, {"[p];main;fib", 2}, {"[p];main;fib;fib", 4}, {"[p];main;fib;[libm.so]", 1}}};
  const auto shares = function_shares(stacks);
  REQUIRE(shares.size() == 2);
  CHECK(shares[0].name == "fib");
  CHECK(shares[0].self == 0.75);
  CHECK(shares[0].inclusive == 0.875);
  CHECK(shares[1].name == "main");
  CHECK(shares[1].self == 0.125);
  CHECK(shares[1].inclusive == 1);
  CHECK(function_shares({}).empty());
}

TEST_CASE("code without symbols is a share of its own, looked for below what the kernel does") {
  const Stacks stacks{
      .counts = {{"[p];main", 1}, {"[p];[p]", 2}, {"[p];[p];read_[k]", 1}, {"[p];main;read_[k]", 4}}};
  CHECK(unnamed_share(stacks) == 0.375);
  CHECK(unnamed_share({}) == 0);
}

TEST_CASE("perf's samples become stacks, the innermost frame last") {
  golden::check("measure/perf.folded", to_folded(parse_perf_script(golden::read("measure/perf.txt"))));
}

TEST_CASE("names with blanks, unknown code, deleted files and perf's own start are what perf prints too") {
  const Stacks stacks = parse_perf_script(
      "opt cgu.0 12 \n\t   13a34 operator new (/lib/libstdc++.so.6 (deleted))\n\t 38d0 [unknown] "
      "(/lib/libgcc_s.so.1)\n\t 0 [unknown] ([unknown])\n\n"
      "perf-exec 13 \n\t ffff do_exec ([kernel.kallsyms])\n\n"
      "fib 14 \n\n"
      "fib 15 \n\t ffff do_exit ([kernel.kallsyms])\n\t 12 main (/src/my (old) fib)\n");
  CHECK(to_folded(stacks) ==
        "[fib];main;do_exit_[k] 1\n[opt cgu.0];[unknown];[libgcc_s.so.1];operator new 1\n");
  CHECK(stacks.unit == "samples");
  CHECK(parse_perf_script("").counts.empty());
}

TEST_CASE("callgrind's counts become stacks whose sum is its own") {
  const std::pair<const char*, std::uint64_t> files[] = {
      {"c", 1197}, {"legacy", 771}, {"v0", 771}, {"all-events", 1197}};
  for (const auto& [name, total] : files) {
    const Stacks stacks = parse_callgrind(golden::read(fmt::format("measure/callgrind.{}.out", name)));
    CHECK(stacks.unit == "instructions");
    CHECK(stacks.total() == total);
    golden::check(fmt::format("measure/callgrind.{}.folded", name), to_folded(stacks));
  }
}

TEST_CASE("both manglings and both ways to number positions give the same stacks") {
  const auto counts = [](const char* name) { return parse_callgrind(golden::read(name)).counts; };
  CHECK(counts("measure/callgrind.c.out") == counts("measure/callgrind.all-events.out"));
}

TEST_CASE("a callgrind file without names' numbers, with another event first and without Ir") {
  CHECK(to_folded(parse_callgrind("cmd: /src/fib 35\nevents: Dr Ir\nfn=leaf'work\n+3 5 7\n* 1\n-2 0 2\n"
                                  "cfn=other\ncalls=1 +4\n* 100 100\n* 1 1\n")) == "[fib];work;leaf 10\n");
  const Stacks other = parse_callgrind("events: Dr Dw\npositions: instr line\nfn=(1) 0x40\n0x40 3 5\n");
  CHECK(to_folded(other) == "[unknown];[unknown] 5\n");
  CHECK(other.unit == "Dr");
  CHECK_THROWS_WITH(parse_callgrind("hello: x\n"), "not a callgrind file: it has no events");
  CHECK_THROWS_WITH(parse_callgrind("events: Ir\n1 2\n"),
                    "line 2 of a callgrind file is not understood: 1 2");
  CHECK_THROWS_WITH(parse_callgrind("events: Ir\nfn=(2)\n"),
                    "line 2 of a callgrind file is not understood: (2)");
}

TEST_CASE("damaged files of profilers are read or refused") {
  mutations::for_each_damaged(golden::read("measure/callgrind.all-events.out"), 1500,
                              [](const std::string& text) {
                                try {
                                  parse_callgrind(text);
                                } catch (const Error&) {
                                  return;
                                }
                              });
  mutations::for_each_damaged(golden::read("measure/perf.txt"), 1500,
                              [](const std::string& text) { parse_perf_script(text); });
}
