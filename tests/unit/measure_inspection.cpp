#include "measure/code/inspection.h"

#include <doctest/doctest.h>

#include "measure/code/disassembly.h"
#include "pgo/symbol.h"
#include "pgo/symbol_pattern.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;
using namespace pgo_orch::pgo;

namespace {

FunctionCode function(const std::string& name, std::uint64_t size) {
  return {
      .symbol = name, .name = name, .size = {size}, .counts = {.instructions = size / 4}, .called_from = 1};
}

std::string states(const std::vector<InspectionRow>& rows) {
  std::string text;
  for (const auto& row : rows)
    text += row.pattern + " " + row.path + " " + row.variant + " " + std::string(to_word(row.state)) + " " +
            row.name + "\n";
  return text;
}

}  // namespace

TEST_CASE("a pattern without a star is the whole path, generic arguments and hashes aside") {
  CHECK(matches_symbol("fib::fib", "fib::fib"));
  CHECK(matches_symbol("fib::sum", "fib::sum::<u32>"));
  CHECK(matches_symbol("fib::sum", "fib::sum::<alloc::vec::Vec<u32>, fn(u8) -> u8>"));
  CHECK(matches_symbol("fib::fib", "fib::fib::h0123456789abcdef"));
  CHECK(matches_symbol("fib::fib", "fib::fib.cold.1"));
  CHECK(matches_symbol("hot", "hot.constprop.0"));
  CHECK(matches_symbol("hot.cold", "hot.cold"));
  CHECK_FALSE(matches_symbol("hot.cold", "hot"));
  CHECK(matches_symbol("main.fib", "main.fib"));
  CHECK(paths_of_symbol("main.fib.part.0") == std::vector<std::string>{"main.fib"});
  CHECK_FALSE(matches_symbol("main", "main.fib"));
  CHECK_FALSE(matches_symbol("fib", "fib::fib"));
  CHECK_FALSE(matches_symbol("fib::fib", "fib::fib::inner"));
  CHECK_FALSE(matches_symbol("fib::fib", "fib::fibs"));
}

TEST_CASE("a star stands for any text") {
  CHECK(matches_symbol("*::sum_simd", "a::b::sum_simd::<u32>"));
  CHECK(matches_symbol("fib::parse::*", "fib::parse::a::b"));
  CHECK(matches_symbol("fib::*::b*", "fib::parse::a::b::c"));
  CHECK(matches_symbol("*", "main"));
  CHECK(matches_symbol("a*b*c", "a-b-b-c"));
  CHECK_FALSE(matches_symbol("a*b*c", "a-b-b-d"));
  CHECK_FALSE(matches_symbol("*::sum_simd", "sum_simd"));
  CHECK_FALSE(matches_symbol("fib::parse::*", "fib::parse"));
  CHECK_FALSE(matches_symbol("", "main"));
}

TEST_CASE("implementations are below their type's path, and their trait's") {
  const std::string next = "<fib::parse::Parser as core::iter::Iterator>::next";
  CHECK(matches_symbol("fib::parse::*", next));
  CHECK(matches_symbol("fib::parse::Parser::next", next));
  CHECK(matches_symbol(next, next));
  CHECK_FALSE(matches_symbol("core::*", next));
  CHECK(matches_symbol("fib::P::new", "<fib::P<T>>::new"));
  CHECK(matches_symbol("fib::P::new", "<fib::P<u8>>::new::<u32>"));
  CHECK(matches_symbol("fib::Area::area", "<u32 as fib::Area>::area"));
  CHECK(matches_symbol("fib::Area::area", "<alloc::vec::Vec<u32> as fib::Area>::area"));
  CHECK(matches_symbol("fib::P::fmt", "<&mut fib::P<a::B> as core::fmt::Debug>::fmt"));
  CHECK(matches_symbol("core::fmt::Debug::fmt", "<u32 as core::fmt::Debug>::fmt"));
  CHECK(matches_symbol("fib::P::next::{closure#0}", "<fib::P as core::iter::Iterator>::next::{closure#0}"));
  CHECK(matches_symbol("fib::P::area", "fib::shapes::<impl fib::Area for fib::P>::area"));
  CHECK(matches_symbol("fib::shapes::*", "fib::shapes::<impl fib::Area for u32>::area"));
  CHECK(matches_symbol("fib::Area::area", "fib::shapes::<impl fib::Area for u32>::area"));
}

TEST_CASE("damaged names match something or nothing") {
  for (const char* name : {"", "<", "<>", "<a", "<a as b>", "a::<", "<impl ", "x<impl a for>::", ".", "::"})
    matches_symbol("*::x", name);
}

TEST_CASE("names are readable in Rust, C++ and C") {
  CHECK(readable_name("_RNvNtCs4Jz2Mtfmu5I_1v3fib8sum_simd") == "v::fib::sum_simd");
  CHECK(readable_name("_ZN1v3fib3dot17h8a52c3e51416c6abE.cold") == "v::fib::dot.cold");
  CHECK(readable_name("_ZN1v3fib3dot17h8a52c3e51416c6abE.llvm.123") == "v::fib::dot");
  CHECK(readable_name("_RNvNtCs4Jz2Mtfmu5I_1v3fib8sum_simd.llvm.7.cold") == "v::fib::sum_simd.cold");
  CHECK(readable_name("_ZN3fib3sumEi") == "fib::sum");
  CHECK(readable_name("main") == "main");
  CHECK(readable_name("hot.part.0") == "hot.part.0");
}

TEST_CASE("a function is present, absent where another variant has it, or unknown") {
  const std::vector<VariantCode> variants{
      {.variant = "base",
       .functions = {function("m::b", 40), function("m::a", 8)},
       .names = {"m::a", "m::b"}},
      {.variant = "fat", .functions = {function("m::a", 12)}, .names = {"m::a", "main"}},
      {.variant = "debug", .names = {"main"}, .inlined = {{"m::b", 3}}}};
  const auto rows = inspect({"m::*", "m::b", "x::b", "y::gone", "zzz"}, variants, {"y::gone"});
  CHECK(states(rows) ==
        "m::* m::a base present m::a\nm::* m::a fat present m::a\nm::* m::a debug absent \n"
        "m::* m::b base present m::b\nm::* m::b fat absent \nm::* m::b debug inlined \n"
        "m::b m::b base present m::b\nm::b m::b fat absent \nm::b m::b debug inlined \n"
        "x::b  base unknown \nx::b  fat unknown \nx::b  debug unknown \n"
        "y::gone y::gone base absent \ny::gone y::gone fat absent \ny::gone y::gone debug absent \n"
        "zzz  base unknown \nzzz  fat unknown \nzzz  debug unknown \n");
  CHECK(rows[3].size == Bytes{40});
  CHECK(rows[3].instructions == 10);
  CHECK(rows[8].inlined_copies == 3);
  CHECK(rows[9].near == std::vector<std::string>{"m::b"});
  CHECK(rows[15].near.empty());
}

TEST_CASE("instances of a generic function are rows of one path, whatever the mangling shows of them") {
  const std::vector<VariantCode> variants{
      {.variant = "v0",
       .functions = {function("m::a::<u8>", 8), function("m::a::<u16>", 16)},
       .names = {"m::a::<u8>", "m::a::<u16>"}},
      {.variant = "legacy", .functions = {function("m::a", 12)}, .names = {"m::a"}}};
  CHECK(states(inspect({"m::*"}, variants)) ==
        "m::* m::a v0 present m::a::<u16>\nm::* m::a v0 present m::a::<u8>\n"
        "m::* m::a legacy present m::a\n");
}

TEST_CASE("inlined copies are read from DWARF, with their origin and place") {
  CHECK(parse_inlined("p:\tfile format elf64-x86-64\n\n"
                      "0x01: DW_TAG_subprogram\n"
                      "              DW_AT_abstract_origin\t(0x0000002a \"_ZN1a1cE\")\n\n"
                      "0x02: DW_TAG_inlined_subroutine\n"
                      "              DW_AT_abstract_origin\t(0x0000002a \"_ZN1a1bE\")\n"
                      "              DW_AT_low_pc\t(0x0000000000015630)\n"
                      "              DW_AT_high_pc\t(0x0000000000015639)\n\n"
                      "0x03:     DW_TAG_inlined_subroutine\n"
                      "              DW_AT_abstract_origin\t(0x0000002a \"step\")\n"
                      "              DW_AT_ranges\t(0x00000890\n"
                      "                 [0x000000000072cf2b, 0x000000000072cf2f)\n"
                      "                 [0x000000000072d62c, 0x000000000072d71c))\n"
                      "              DW_AT_call_line\t(404)\n") ==
        std::vector<InlinedCopy>{{"_ZN1a1bE", 0x15630}, {"step", 0x72cf2b}});
  CHECK(parse_inlined("").empty());
}

TEST_CASE("DWARF is asked for short names, or for a module's mangled one") {
  CHECK(dwarf_name_regex({"fib::sum", "*::sum_simd", "fib::parse::*"}) ==
        "(^sum(<.*)?$)|(^sum_simd(<.*)?$)|(5parse)");
  CHECK(dwarf_name_regex({"*"}) == "(.*)");
  CHECK(dwarf_name_regex({"a::b*::{closure#0}"}) == "(^\\{closure\\#0\\}(<.*)?$)");
}
