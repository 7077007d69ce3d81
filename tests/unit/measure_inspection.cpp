#include "measure/code/inspection.h"

#include <doctest/doctest.h>

#include "measure/code/disassembly.h"

using namespace pgo_orch;
using namespace pgo_orch::measure;

namespace {

FunctionCode function(const std::string& name, std::uint64_t size) {
  return {
      .symbol = name, .name = name, .size = {size}, .counts = {.instructions = size / 4}, .called_from = 1};
}

std::string states(const std::vector<InspectedFunction>& rows) {
  std::string text;
  for (const auto& row : rows)
    text += row.pattern + " " + row.symbol + " " + row.variant + " " + std::string(to_word(row.state)) + "\n";
  return text;
}

}  // namespace

TEST_CASE("a function is present, absent where another variant has it, or unknown") {
  const std::vector<VariantCode> variants{
      {.variant = "base",
       .functions = {function("m::b", 40), function("m::a", 8)},
       .names = {"m::a", "m::b"}},
      {.variant = "fat", .functions = {function("m::a", 12)}, .names = {"m::a", "main"}},
      {.variant = "debug", .names = {"main"}, .inlined = {{"m::b", 3}}}};
  const auto rows = inspect({"m::*", "m::b", "x::b", "y::gone", "zzz"}, variants, {"y::gone"});
  CHECK(states(rows) ==
        "m::* m::a base present\nm::* m::a fat present\nm::* m::a debug absent\n"
        "m::* m::b base present\nm::* m::b fat absent\nm::* m::b debug inlined\n"
        "m::b m::b base present\nm::b m::b fat absent\nm::b m::b debug inlined\n"
        "x::b  base unknown\nx::b  fat unknown\nx::b  debug unknown\n"
        "y::gone y::gone base absent\ny::gone y::gone fat absent\ny::gone y::gone debug absent\n"
        "zzz  base unknown\nzzz  fat unknown\nzzz  debug unknown\n");
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
        "m::* m::a::<u16> v0 present\nm::* m::a::<u8> v0 present\n"
        "m::* m::a legacy present\n");
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
